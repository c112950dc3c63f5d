import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CONTAINER_EVENT, CONTAINER_REQUEST, artefactRecords, sourceRecords } from './records.js'

const header = readFileSync(new URL('../../../../native/src/protocol.h', import.meta.url), 'utf8')

/** Kind, folder, owner, mode and path of each record in these frames. */
function heads(frames: Iterable<readonly Uint8Array[]>): readonly unknown[] {
  return Array.from(frames, (pieces) => {
    const payload = Buffer.concat(pieces).subarray(12)
    const path = payload.toString('utf8', 28, 28 + payload.readUInt32LE(24))
    return [payload[0], payload[1], payload[2], payload.readUInt32LE(4).toString(8), path]
  })
}

describe('records of files', () => {
  it.each([
    ['REQ_RECORD', CONTAINER_REQUEST.record],
    ['REQ_COLLECT', CONTAINER_REQUEST.collect],
    ['EV_RECORD', CONTAINER_EVENT.record],
    ['EV_COLLECTED', CONTAINER_EVENT.collected],
  ])('have the numbers that the agent was compiled with: %s', (name, number) => {
    expect(header).toMatch(new RegExp(`\\b${name} = ${number}\\b`, 'u'))
  })

  it('make each folder once, before what is in it, and sources root’s', () => {
    const files = ['a/b/one.txt', 'a/two.txt'].map((name) => ({ name, content: Buffer.from('x') }))
    expect(heads(sourceRecords(1, files))).toEqual([
      [1, 0, 0, '1777', 'a'],
      [1, 0, 0, '1777', 'a/b'],
      [2, 0, 0, '444', 'a/b/one.txt'],
      [3, 0, 0, '0', 'a/b/one.txt'],
      [2, 0, 0, '444', 'a/two.txt'],
      [3, 0, 0, '0', 'a/two.txt'],
    ])
  })

  it('cut large files into pieces', () => {
    const content = Buffer.alloc(600 * 1024)
    expect(heads(sourceRecords(1, [{ name: 'large', content }]))).toHaveLength(1 + 3)
  })

  it('give artefacts to the program, in the folder of compiled artefacts', () => {
    const artefacts = [
      { name: 'x.class', content: Buffer.from('c'), executable: false },
      { name: 'lib/x', content: Buffer.from(''), executable: true },
    ]
    expect(heads(artefactRecords(1, artefacts))).toEqual([
      [2, 1, 1, '644', 'x.class'],
      [3, 1, 1, '0', 'x.class'],
      [1, 1, 1, '755', 'lib'],
      [2, 1, 1, '755', 'lib/x'],
    ])
  })
})
