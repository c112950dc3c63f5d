import { expect } from 'vitest'

import { MIB } from './bench.js'
import type { CaseGroup } from './case.js'
import type { ProgramName } from './programs.js'

const limits = { memoryBytes: 64 * MIB, fileSizeBytes: 512 * MIB }
const fileSystemBytes = 512 * MIB

/** Memory in all its forms; the verdict stands on what the kernel counted. */
export const memory: CaseGroup = (test) => {
  const hogs: readonly ProgramName[] = ['heap', 'shared-mapping', 'memory-file']
  for (const program of hogs) {
    test(`stops a program that takes too much: ${program}`, [program], async (bench) => {
      expect((await bench.run(program, [], { limits })).stopReason).toBe('memory')
    })
  }

  test(
    'stops a program that takes too much by System V segments, or refuses them',
    ['system-v-segments'],
    async (bench) => {
      const ended = await bench.run('system-v-segments', [], { limits })
      if (ended.stopReason !== 'memory')
        expect(ended.lines[0]).toMatch(/^refused (ENOSYS|EPERM|ENOSPC|ENOMEM)$/u)
    },
  )

  for (const folder of ['/box', '/out', '/tmp', '/dev/shm']) {
    test(`counts files in ${folder} as memory`, ['fill'], async (bench) => {
      const ended = await bench.run('fill', [folder], { limits, fileSystemBytes })
      expect(ended.stopReason).toBe('memory')
    })
  }

  test('counts what several processes hold together', ['touch'], async (bench) => {
    const ended = await bench.run('touch', ['24', '4'], { limits })
    expect(ended.stopReason).toBe('memory')
  })

  test('is not fooled by a parent that outlives its greedy child', ['heap-in-child'], async (bench) => {
    expect((await bench.run('heap-in-child', [], { limits })).stopReason).toBe('memory')
  })

  test('does not take every SIGKILL for lack of memory', ['kill-child'], async (bench) => {
    expect(await bench.run('kill-child', [], { limits })).toMatchObject({ exitCode: 137, stopReason: null })
  })

  test('lets a program use nearly all it may', ['touch'], async (bench) => {
    expect(await bench.run('touch', ['56'], { limits })).toMatchObject({ exitCode: 0, stopReason: null })
  })

  test('says memory even when the limit is too small to start anything', ['touch'], async (bench) => {
    expect((await bench.run('touch', ['16'], { limits: { memoryBytes: 4096 } })).stopReason).toBe('memory')
  })

  test('reports the peak', ['touch'], async (bench) => {
    const { usage } = await bench.run('touch', ['48'])
    expect(usage.memoryBytes).toBeGreaterThanOrEqual(48 * MIB)
    expect(usage.memoryBytes).toBeLessThan(60 * MIB)
  })

  test('reports no more than a program may use', ['touch', 'hello'], async (bench) => {
    for (const memoryBytes of [MIB, 4 * MIB, 16 * MIB]) {
      const little = await bench.run('hello', [], { limits: { memoryBytes } })
      expect(little.usage.memoryBytes).toBeLessThanOrEqual(memoryBytes)
      const much = await bench.run('touch', ['64'], { limits: { memoryBytes } })
      expect(much).toMatchObject({ stopReason: 'memory', usage: { memoryBytes } })
    }
  })

  test('reports about the same for the same program', ['touch'], async (bench) => {
    const figures: number[] = []
    for (let time = 0; time < 8; time++) figures.push((await bench.run('touch', ['40'])).usage.memoryBytes)
    expect(Math.max(...figures) / Math.min(...figures)).toBeLessThan(1.08)
  })

  test('reports the peak of all processes together', ['touch'], async (bench) => {
    const { usage } = await bench.run('touch', ['16', '4'])
    expect(usage.memoryBytes).toBeGreaterThanOrEqual(64 * MIB)
    expect(usage.memoryBytes).toBeLessThan(80 * MIB)
  })

  test('reports little for a program that takes little', ['hello'], async (bench) => {
    expect((await bench.run('hello')).usage.memoryBytes).toBeLessThan(12 * MIB)
  })

  test('measures each command of a sandbox on its own', ['touch', 'hello'], async (bench) => {
    await bench.inSandbox(async (box) => {
      await box.run('touch', ['64'])
      expect((await box.run('hello')).usage.memoryBytes).toBeLessThan(16 * MIB)
    })
  })

  test('goes on after a command that was stopped for memory', ['heap', 'hello'], async (bench) => {
    await bench.inSandbox(async (box) => {
      expect((await box.run('heap', [], { limits })).stopReason).toBe('memory')
      expect(await box.run('hello', [], { limits })).toMatchObject({ exitCode: 0, stopReason: null })
    })
  })
}
