import { describe, expect, it } from 'vitest'
import type { FrameEvent } from './frames.js'
import { FrameReader, FrameWriter } from './frames.js'

const frame = (text: string): Buffer => Buffer.concat(new FrameWriter().string(text).finish(67, 5))

function read(bytes: Buffer, step: number): FrameEvent[] {
  const reader = new FrameReader()
  const events: FrameEvent[] = []
  for (let at = 0; at < bytes.length; at += step) {
    reader.read(bytes.subarray(at, at + step), (event) =>
      events.push({ ...event, payload: Buffer.from(event.payload) }),
    )
  }
  return events
}

describe('a stream of frames', () => {
  it.each([1, 5, 12, 1000])('is cut into events, however it comes: %i bytes at a time', (step) => {
    const events = read(Buffer.concat([frame('one'), frame(''), frame('three')]), step)
    expect(events.map(({ payload }) => payload.toString('latin1').slice(4))).toEqual(['one', '', 'three'])
  })

  it('is refused where a frame is larger than any may be, before it is waited for', () => {
    const header = Buffer.alloc(12)
    header.writeUInt32LE(256 * 2 ** 20 + 1)
    expect(() => read(header, 12)).toThrow('a frame of 268435457 bytes')
    expect(() => read(Buffer.concat([frame('one'), header]), 7)).toThrow(RangeError)
  })
})
