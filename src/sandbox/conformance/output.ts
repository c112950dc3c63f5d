import { expect } from 'vitest'

import { MIB } from './bench.js'
import type { CaseGroup } from './case.js'

const STREAMS = { stdout: '1', stderr: '2' } as const

/** Bytes that `write-bytes` writes. */
function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => index % 251))
}

/** Output: complete below its limit, cut exactly at it, and never faster than it is taken. */
export const output: CaseGroup = (test) => {
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const kind of ['lines', 'text', 'binary']) {
      test(`stops a flood on ${stream} at exactly the limit: ${kind}`, ['flood'], async (bench) => {
        const ended = await bench.run('flood', [STREAMS[stream], kind], { limits: { outputBytes: 100_001 } })
        expect(ended.stopReason).toBe('output')
        expect(ended[stream]).toHaveLength(100_001)
        expect(ended.truncated).toEqual({ stdout: false, stderr: false, [stream]: true })
      })
    }

    test(`delivers exactly the limit on ${stream} uncut`, ['write-bytes'], async (bench) => {
      const ended = await bench.run('write-bytes', [STREAMS[stream], '100001'], {
        limits: { outputBytes: 100_001 },
      })
      expect(ended).toMatchObject({
        exitCode: 0,
        stopReason: null,
        truncated: { stdout: false, stderr: false },
      })
      expect(ended[stream].equals(pattern(100_001))).toBe(true)
    })

    test(
      `cuts one byte too many on ${stream}, although the program ends by itself`,
      ['write-bytes'],
      async (bench) => {
        const ended = await bench.run('write-bytes', [STREAMS[stream], '1001'], {
          limits: { outputBytes: 1000 },
        })
        expect(ended.stopReason).toBe('output')
        expect(ended[stream].equals(pattern(1000))).toBe(true)
        expect(ended.truncated).toEqual({ stdout: false, stderr: false, [stream]: true })
      },
    )
  }

  test('gives each stream the limit for itself', ['alternate'], async (bench) => {
    const ended = await bench.run('alternate', ['250'], { limits: { outputBytes: 1000 } })
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.stdout).toHaveLength(1000)
    expect(ended.stderr).toHaveLength(1000)
  })

  test('delivers all of a large output in order', ['write-bytes'], async (bench) => {
    const bytes = 5 * MIB + 3
    const ended = await bench.run('write-bytes', ['1', String(bytes)], { limits: { outputBytes: 8 * MIB } })
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.stdout.equals(pattern(bytes))).toBe(true)
  })

  for (const fd of [1, 2])
    test(
      `takes all of one write to stream ${fd}, whoever asks it not to block`,
      ['write-once'],
      async (bench) => {
        const bytes = 2 * MIB
        const limits = { outputBytes: 4 * MIB }
        const ended = await bench.run('write-once', [String(fd), String(bytes)], { limits })
        const [written, said] = fd === 1 ? [ended.stdout, ended.stderr] : [ended.stderr, ended.stdout]
        expect(said.toString()).toBe(`0 ${bytes}\n`)
        expect(written).toHaveLength(bytes)
      },
    )

  test('delivers output of a limit of zero bytes as none', ['hello'], async (bench) => {
    const ended = await bench.run('hello', [], { limits: { outputBytes: 0 } })
    expect(ended).toMatchObject({ stopReason: 'output', truncated: { stdout: true, stderr: false } })
    expect(ended.stdout).toHaveLength(0)
  })

  test(
    'waits for a slow reader, loses nothing and holds no other sandbox up',
    ['write-bytes', 'hello'],
    async (bench) => {
      const bytes = 3 * MIB
      let underWay = 0
      let mostUnderWay = 0
      let slowReads = 3
      const ended = await bench.run('write-bytes', ['1', String(bytes)], {
        limits: { outputBytes: bytes },
        onOutput: async () => {
          mostUnderWay = Math.max(mostUnderWay, ++underWay)
          if (slowReads-- > 0) expect((await bench.run('hello')).exitCode).toBe(0)
          underWay--
        },
      })
      expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
      expect(ended.stdout.equals(pattern(bytes))).toBe(true)
      expect(mostUnderWay).toBe(1)
    },
  )

  test(
    'holds a program back while its reader does not read',
    ['flood', 'sleep', 'real-time'],
    async (bench) => {
      let received = 0
      let reading: Promise<unknown> | undefined
      const ended = await bench.run('flood', ['1'], {
        limits: { outputBytes: 64 * MIB, wallTimeMs: 400 },
        onOutput: async (_stream, chunk) => {
          received += chunk.length
          reading ??= bench.run('sleep', ['800'])
          await reading
        },
      })
      expect(ended.stopReason).toBe('wall')
      expect(received).toBeLessThan(4 * MIB)
    },
  )

  test('gives pipes that can be opened again by name', ['descriptors', 'reopen-streams'], async (bench) => {
    await bench.inSandbox(async (box) => {
      const streams = await box.run('descriptors')
      expect(streams.lines).toEqual(['0 pipe', '1 pipe', '2 pipe'])
      const ended = await box.run('reopen-streams', [], { stdin: Buffer.from('from input\n') })
      expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
      expect(ended.lines).toEqual(['/dev/stdout', '/dev/fd/1', 'from input'])
      expect(ended.stderr.toString()).toBe('/dev/stderr\n/proc/self/fd/2\n')
    })
  })

  test('delivers many small writes to both streams', ['alternate'], async (bench) => {
    const ended = await bench.run('alternate', ['5000'])
    expect(ended.stdout.toString()).toBe('out\n'.repeat(5000))
    expect(ended.stderr.toString()).toBe('err\n'.repeat(5000))
  })
}
