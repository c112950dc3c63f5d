import { describe, expect, it } from 'vitest'

import type { Artefact } from '../../../contract/execution.js'
import { FrameWriter } from '../namespaces/frames.js'
import { artefactsOf } from './artefacts.js'
import { artefactRecords, sourceRecords } from './records.js'

const MIB = 1_048_576
const HEADER_BYTES = 12

/** The payload of a request for a record, which is what the agent sends when it collects one. */
const payload = (pieces: readonly Uint8Array[]): Uint8Array => Buffer.concat(pieces).subarray(HEADER_BYTES)

const artefact = (name: string, content: string | Uint8Array, executable = false): Artefact => ({
  name,
  content: Buffer.from(content as string),
  executable,
})

const PROGRAM = artefact('bin/program', Buffer.alloc(270_000, 'abc'), true)
const ARTEFACTS = [PROGRAM, artefact('bin/more/data', 'x'), artefact('empty', '')]

const recordsOf = (artefacts: readonly Artefact[]): Uint8Array[] =>
  [...artefactRecords(1, artefacts)].map(payload)

/** kind, folder, mode, path, and a content or the size of a file. */
function record(kind: number, folder: number, mode: number, path: string | Buffer, content = ''): Uint8Array {
  const writer = new FrameWriter().u32(kind | (folder << 8) | (1 << 16)).u32(mode)
  writer.u64(kind === 2 ? content.length : 0).u64(0)
  return payload(
    writer
      .bytes(Buffer.from(path as string))
      .bytes(Buffer.from(kind === 2 ? '' : content))
      .finish(1, 1),
  )
}

const file = (path: string | Buffer, mode = 0o644, folder = 1): Uint8Array[] => [
  record(2, folder, mode, path, 'x'),
  record(3, folder, mode, path, 'x'),
]

const plain = (artefacts: readonly Artefact[] | undefined) =>
  artefacts?.map((one) => ({ ...one, content: Buffer.from(one.content).toString('base64') }))

describe('what a container was told to have', () => {
  it('is the same when it is collected', () => {
    expect(plain(artefactsOf(recordsOf(ARTEFACTS), MIB))).toEqual(plain(ARTEFACTS))
    expect(artefactsOf([], MIB)).toEqual([])
    expect(artefactsOf(file('a'), MIB)).toEqual([artefact('a', 'x')])
  })

  it.each([
    ['a file outside the folder of artefacts', file('a', 0o644, 2)],
    ['an unusual mode', file('a', 0o600)],
    ['a symbolic link', [record(4, 1, 0o777, 'a', '/etc/passwd')]],
    ['a second name', [...file('a'), record(5, 1, 0o644, 'b', 'a')]],
    ['a folder of unusual mode', [record(1, 1, 0o700, 'a'), ...file('a/b')]],
    ['a folder that was closed again', [record(1, 1, 0o755, 'a'), ...file('a/b'), record(6, 1, 0o500, 'a')]],
    ['an empty folder', [record(1, 1, 0o755, 'a'), ...file('b')]],
    ['a hole', file('a').slice(0, 1)],
    ['a name that is no text', file(Buffer.from([0x61, 0xff]))],
    ['content of another file', [...file('a').slice(0, 1), record(3, 1, 0o644, 'b', 'x')]],
  ])('is not taken where there is %s', (_, records) => {
    expect(artefactsOf(records, MIB)).toBeUndefined()
  })

  it('is not taken where it is too much', () => {
    expect(artefactsOf(recordsOf(ARTEFACTS), 270_000)).toBeUndefined()
    expect(artefactsOf([...sourceRecords(1, [artefact('a', 'x')])].map(payload), MIB)).toBeUndefined()
  })
})
