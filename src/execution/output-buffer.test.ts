import { describe, expect, it } from 'vitest'

import type { OutputStream } from '../contract/execution.js'
import { OutputBuffer } from './output-buffer.js'
import { unfinishedTailLength } from './utf8.js'

const COMPLETE = { stdout: false, stderr: false }
const MIB = 1_048_576

function captured(
  pieces: readonly (readonly [OutputStream, string | readonly number[]])[],
  { limitBytes = MIB, truncated = COMPLETE, stopped = false } = {},
) {
  const buffer = new OutputBuffer(limitBytes)
  for (const [stream, piece] of pieces) {
    buffer.append(stream, typeof piece === 'string' ? Buffer.from(piece) : Uint8Array.from(piece))
  }
  return buffer.finish(truncated, stopped)
}

describe('one stream', () => {
  it('gives nothing for nothing', () => {
    expect(captured([])).toEqual({ stdout: '', stderr: '', output: '', truncated: COMPLETE })
  })

  it('is the output too', () => {
    expect(
      captured([
        ['stderr', 'a\n'],
        ['stderr', 'b'],
      ]),
    ).toMatchObject({ stdout: '', stderr: 'a\nb', output: 'a\nb' })
  })

  it('keeps NUL, carriage returns and a byte order mark as printed', () => {
    expect(captured([['stdout', '\uFEFFa\0\r\n']]).stdout).toBe('\uFEFFa\0\r\n')
  })

  it('does not keep a caller’s chunk, which may be reused', () => {
    const chunk = Buffer.from('first')
    const buffer = new OutputBuffer(100)
    buffer.append('stdout', chunk)
    chunk.fill('x')
    expect(buffer.finish(COMPLETE, false).stdout).toBe('first')
  })

  it('joins a character that arrived in two chunks', () => {
    expect(
      captured([
        ['stdout', [0xf0, 0x9f]],
        ['stdout', [0x98, 0x80]],
      ]).stdout,
    ).toBe('😀')
  })

  it('turns bytes that are not UTF-8 into U+FFFD', () => {
    expect(captured([['stdout', [0x61, 0xff, 0x62, 0xc3, 0x28]]]).stdout).toBe('a\uFFFDb\uFFFD(')
  })

  it('turns an unfinished character into U+FFFD when the program ended there', () => {
    expect(captured([['stdout', [0x61, 0xe2, 0x82]]]).stdout).toBe('a\uFFFD')
  })

  it('leaves an unfinished character out when the stream was cut or the program stopped', () => {
    const pieces = [['stdout', [0x61, 0xe2, 0x82]]] as const
    expect(captured(pieces, { truncated: { stdout: true, stderr: false } }).stdout).toBe('a')
    expect(captured(pieces, { stopped: true }).stdout).toBe('a')
    expect(captured(pieces, { truncated: { stdout: false, stderr: true } }).stdout).toBe('a\uFFFD')
  })
})

describe('the limit', () => {
  it('lets exactly its bytes pass unflagged', () => {
    expect(captured([['stdout', '12345']], { limitBytes: 5 })).toMatchObject({
      stdout: '12345',
      truncated: COMPLETE,
    })
  })

  it('cuts what is beyond it, per stream, and flags that stream', () => {
    const result = captured(
      [
        ['stdout', '123456'],
        ['stderr', 'abc'],
        ['stdout', '7'],
      ],
      { limitBytes: 5 },
    )
    expect(result).toMatchObject({ stdout: '12345', stderr: 'abc', output: '12345abc' })
    expect(result.truncated).toEqual({ stdout: true, stderr: false })
  })

  it('cuts at a character', () => {
    expect(captured([['stdout', 'ab€']], { limitBytes: 4 }).stdout).toBe('ab')
    expect(captured([['stdout', 'ab€']], { limitBytes: 5 }).stdout).toBe('ab€')
  })

  it('of zero keeps nothing', () => {
    expect(captured([['stdout', 'a']], { limitBytes: 0 })).toMatchObject({
      stdout: '',
      truncated: { stdout: true },
    })
  })

  it('passes on what the driver flagged', () => {
    expect(captured([], { truncated: { stdout: false, stderr: true } }).truncated).toEqual({
      stdout: false,
      stderr: true,
    })
  })
})

describe('both streams', () => {
  it('are interleaved in order of arrival', () => {
    const pieces = [
      ['stdout', 'a'],
      ['stderr', 'b'],
      ['stderr', 'c'],
      ['stdout', 'd'],
    ] as const
    expect(captured(pieces)).toMatchObject({ stdout: 'ad', stderr: 'bc', output: 'abcd' })
  })

  it('may begin with stderr', () => {
    expect(
      captured([
        ['stderr', 'x'],
        ['stdout', 'y'],
      ]).output,
    ).toBe('xy')
  })

  it('never split a character that the other stream interrupted', () => {
    const result = captured([
      ['stdout', [0xe2, 0x82]],
      ['stderr', 'E'],
      ['stdout', [0xac, 0x21]],
    ])
    expect(result).toMatchObject({ stdout: '€!', stderr: 'E', output: 'E€!' })
  })

  it('show both unfinished characters at the end as U+FFFD each', () => {
    const result = captured([
      ['stdout', [0xe2, 0x82]],
      ['stderr', [0xf0, 0x9f]],
    ])
    expect(result).toMatchObject({ stdout: '\uFFFD', stderr: '\uFFFD', output: '\uFFFD\uFFFD' })
  })

  it('leave out of the interleaved text what was left out of a cut stream', () => {
    const result = captured(
      [
        ['stdout', [0x61, 0xe2, 0x82]],
        ['stderr', 'e'],
      ],
      { truncated: { stdout: true, stderr: false } },
    )
    expect(result).toMatchObject({ stdout: 'a', stderr: 'e', output: 'ae' })
  })

  it('keep lengths of any size apart', () => {
    const lengths = [1, 127, 128, 129, 16_383, 16_384, 300_000]
    const pieces = lengths.map(
      (length, index) => [index % 2 === 0 ? 'stdout' : 'stderr', String(index).repeat(length)] as const,
    )
    const result = captured(pieces)
    expect(result.output).toBe(pieces.map(([, text]) => text).join(''))
    expect(result.stdout).toBe(
      pieces
        .filter(([stream]) => stream === 'stdout')
        .map(([, text]) => text)
        .join(''),
    )
  })

  it('agree with each other over random bytes cut into random chunks', () => {
    let seed = 42
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    for (let round = 0; round < 200; round++) {
      const sent = { stdout: [] as number[], stderr: [] as number[] }
      const buffer = new OutputBuffer(MIB)
      for (let piece = random(30); piece >= 0; piece--) {
        const stream = random(2) === 0 ? 'stdout' : 'stderr'
        const bytes = Array.from(
          { length: random(6) },
          () => [0x61, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff][random(9)] ?? 0,
        )
        sent[stream].push(...bytes)
        buffer.append(stream, Uint8Array.from(bytes))
      }
      const result = buffer.finish(COMPLETE, false)
      expect(result.stdout).toBe(
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(sent.stdout)),
      )
      expect(result.stderr).toBe(
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(sent.stderr)),
      )
      expect(Array.from(result.output).toSorted()).toEqual(
        Array.from(result.stdout + result.stderr).toSorted(),
      )
    }
  })

  it('stay whole when a program alternates byte by byte', () => {
    const buffer = new OutputBuffer(MIB)
    for (let index = 0; index < 100_000; index++) {
      buffer.append('stdout', Buffer.from('o'))
      buffer.append('stderr', Buffer.from('e'))
    }
    expect(buffer.finish(COMPLETE, false).output).toBe('oe'.repeat(100_000))
  })
})

describe('unfinishedTailLength', () => {
  it.each([
    [[0x61], 0],
    [[0xc3], 1],
    [[0xc3, 0xa9], 0],
    [[0xe2, 0x82], 2],
    [[0xf0, 0x9f, 0x98], 3],
    [[0xf0, 0x9f, 0x98, 0x80], 0],
    [[0xe0, 0x80], 0],
    [[0xed, 0xa0], 0],
    [[0xf4, 0x90], 0],
    [[0xf5], 0],
    [[0xc1], 0],
    [[0x80, 0x80, 0x80], 0],
    [[0xff], 0],
  ])('of %j is %i', (bytes, length) => {
    expect(unfinishedTailLength(Uint8Array.from(bytes), 0, bytes.length)).toBe(length)
  })
})
