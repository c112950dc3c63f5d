import { describe, expect, it } from 'vitest'
import { LiveText } from './live-text.js'

const ENDED = { stopReason: null, truncated: { stdout: false, stderr: false } }

/** Pieces of text that come of bytes written one by one, and what is left at the end. */
function hear(bytes: Uint8Array, end: Parameters<LiveText['end']>[0] = ENDED) {
  const text = new LiveText()
  const pieces = Array.from(bytes, (byte) => text.write('stdout', Uint8Array.of(byte)))
  return { pieces: pieces.filter((piece) => piece !== ''), rest: text.end(end) }
}

describe('live text', () => {
  it('never splits a character, however the bytes arrive', () => {
    expect(hear(Buffer.from('aé€😀'))).toEqual({ pieces: ['a', 'é', '€', '😀'], rest: [] })
  })

  it('keeps a byte order mark', () => {
    expect(hear(Buffer.from('\u{feff}x')).pieces).toEqual(['\u{feff}', 'x'])
  })

  it('shows bytes that are no character as broken', () => {
    expect(hear(Buffer.from([0xff, 0x61])).pieces).toEqual(['\u{fffd}', 'a'])
  })

  const unfinished = Buffer.from([0x61, 0xe2, 0x82])

  it('shows what the program left unfinished as broken', () => {
    expect(hear(unfinished).rest).toEqual([{ stream: 'stdout', data: '\u{fffd}' }])
  })

  it('leaves out a character that was cut by a limit or a stop', () => {
    expect(hear(unfinished, { ...ENDED, stopReason: 'wall' }).rest).toEqual([])
    expect(hear(unfinished, { ...ENDED, truncated: { stdout: true, stderr: false } }).rest).toEqual([])
  })

  it('decodes the two streams apart', () => {
    const text = new LiveText()
    const [first = 0, second = 0, third = 0] = Buffer.from('€')
    expect(text.write('stdout', Uint8Array.of(first, second))).toBe('')
    expect(text.write('stderr', Buffer.from('!'))).toBe('!')
    expect(text.write('stdout', Uint8Array.of(third))).toBe('€')
  })
})
