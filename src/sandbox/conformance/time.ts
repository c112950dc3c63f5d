import { expect } from 'vitest'

import type { CaseGroup } from './case.js'

/** More than starting a program takes; an emulated machine needs a multiple. */
const START_MS = 100 * Number(process.env['CODEEXEC_TEST_TIME_FACTOR'] ?? '1')

/** CPU and wall-clock time, and what they are said to have been. */
export const time: CaseGroup = (test) => {
  test('stops a spinning program at its CPU limit', ['spin'], async (bench) => {
    const ended = await bench.run('spin', [], { limits: { cpuTimeMs: 200 } })
    expect(ended.stopReason).toBe('cpu')
    expect(ended.usage.cpuTimeMs).toBeGreaterThanOrEqual(180)
    expect(ended.usage.wallTimeMs).toBeLessThan(20_000)
  })

  test('counts the CPU time of all processes together', ['spin'], async (bench) => {
    const ended = await bench.run('spin', ['6'], { limits: { cpuTimeMs: 300, cpus: 2 } })
    expect(ended.stopReason).toBe('cpu')
    expect(ended.usage.cpuTimeMs).toBeGreaterThanOrEqual(270)
  })

  test(
    'counts the CPU time of a process that has left its parent and session',
    ['spin-detached'],
    async (bench) => {
      const ended = await bench.run('spin-detached', [], { limits: { cpuTimeMs: 200 } })
      expect(ended.stopReason).toBe('cpu')
    },
  )

  test('counts the CPU time of children that have ended', ['burn'], async (bench) => {
    const ended = await bench.run('burn', ['100', '4'], { limits: { cpuTimeMs: 200, cpus: 2 } })
    expect(ended.stopReason).toBe('cpu')
  })

  test('stops a sleeping program at its wall limit', ['sleep'], async (bench) => {
    const ended = await bench.run('sleep', ['3600000'], { limits: { wallTimeMs: 300 } })
    expect(ended.stopReason).toBe('wall')
    expect(ended.usage.wallTimeMs).toBeGreaterThanOrEqual(300)
    expect(ended.usage.cpuTimeMs).toBeLessThan(2.5 * START_MS)
  })

  test(
    'stops a program that ignores every signal, and keeps what it wrote before',
    ['sleep-stubborn'],
    async (bench) => {
      const ended = await bench.run('sleep-stubborn', [], { limits: { wallTimeMs: 300 } })
      expect(ended.stopReason).toBe('wall')
      expect(ended.stdout.toString()).toBe('still here\n')
    },
  )

  test('stops a program that has stopped itself', ['raise'], async (bench) => {
    const ended = await bench.run('raise', ['19'], { limits: { wallTimeMs: 300 } })
    expect(ended.stopReason).toBe('wall')
  })

  test('gives a spinning program the reason wall when that limit comes first', ['spin'], async (bench) => {
    const ended = await bench.run('spin', [], { limits: { wallTimeMs: 200, cpuTimeMs: 10_000 } })
    expect(ended.stopReason).toBe('wall')
  })

  test('reports the CPU time that the program counted itself', ['burn'], async (bench) => {
    const ended = await bench.run('burn', ['300'])
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.usage.cpuTimeMs).toBeGreaterThanOrEqual(290)
    expect(ended.usage.cpuTimeMs).toBeLessThan(300 + START_MS)
    expect(ended.usage.wallTimeMs).toBeGreaterThanOrEqual(290)
  })

  test('reports the CPU time of all processes together', ['burn'], async (bench) => {
    const ended = await bench.run('burn', ['100', '4'], { limits: { cpus: 2 } })
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.usage.cpuTimeMs).toBeGreaterThanOrEqual(390)
    expect(ended.usage.cpuTimeMs).toBeLessThan(400 + 1.5 * START_MS)
  })

  test('reports the wall-clock time of a sleep, which costs no CPU', ['sleep'], async (bench) => {
    const ended = await bench.run('sleep', ['200'])
    expect(ended.usage.wallTimeMs).toBeGreaterThanOrEqual(200)
    expect(ended.usage.cpuTimeMs).toBeLessThan(START_MS)
  })

  test('measures and limits each command of a sandbox on its own', ['burn', 'hello'], async (bench) => {
    await bench.inSandbox(async (box) => {
      const limits = { cpuTimeMs: 400 }
      expect(await box.run('burn', ['250'], { limits })).toMatchObject({ exitCode: 0, stopReason: null })
      expect(await box.run('burn', ['250'], { limits })).toMatchObject({ exitCode: 0, stopReason: null })
      expect((await box.run('hello')).usage.cpuTimeMs).toBeLessThan(START_MS)
    })
  })

  test('keeps limits of a millisecond', ['spin', 'sleep'], async (bench) => {
    await bench.inSandbox(async (box) => {
      expect((await box.run('spin', [], { limits: { cpuTimeMs: 1 } })).stopReason).toBe('cpu')
      expect((await box.run('sleep', ['1000'], { limits: { wallTimeMs: 1 } })).stopReason).toBe('wall')
    })
  })

  test('gives all processes together no more CPUs than it may use at once', ['burn'], async (bench) => {
    const ended = await bench.run('burn', ['200', '3'], { limits: { cpus: 0.5 } })
    const { cpuTimeMs, wallTimeMs } = ended.usage
    expect(ended.exitCode).toBe(0)
    expect(cpuTimeMs / wallTimeMs).toBeLessThan(0.6)
  })
}
