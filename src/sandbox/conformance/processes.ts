import { expect } from 'vitest'

import { byKey } from './bench.js'
import type { CaseGroup } from './case.js'

/** Processes and threads, and that none outlives its command. */
export const processes: CaseGroup = (test) => {
  test('bounds a fork bomb, stops it and answers', ['fork-bomb', 'hello'], async (bench) => {
    await bench.inSandbox(async (box) => {
      const ended = await box.run('fork-bomb', [], { limits: { wallTimeMs: 1000, cpuTimeMs: 500 } })
      expect(['cpu', 'wall']).toContain(ended.stopReason)
      expect((await box.run('hello')).exitCode).toBe(0)
    })
  })

  for (const program of ['count-forks', 'count-threads'] as const) {
    test(`refuses more processes and threads than the limit: ${program}`, [program], async (bench) => {
      const ended = await bench.run(program, [], { limits: { maxProcesses: 16 } })
      const [count, errno] = (ended.lines[0] ?? '').split(' ')
      expect(errno).toBe('EAGAIN')
      expect(Number(count)).toBeGreaterThanOrEqual(12)
      expect(Number(count)).toBeLessThanOrEqual(16)
    })
  }

  test('does not wait for a child that holds the output open', ['hold-streams'], async (bench) => {
    const ended = await bench.run('hold-streams', [], { limits: { wallTimeMs: 3_600_000 } })
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.stdout.toString()).toBe('main ends\n')
  })

  test(
    'ends what a command leaves behind, daemons too',
    ['leave-daemon', 'list-processes'],
    async (bench) => {
      await bench.inSandbox(async (box) => {
        const ended = await box.run('leave-daemon')
        expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
        expect(ended.stdout.toString()).toBe('daemon is up\n')
        expect(foreign((await box.run('list-processes')).lines)).toEqual([])
      })
    },
  )

  test('reaps orphans while the program runs', ['leave-orphans'], async (bench) => {
    const ended = await bench.run('leave-orphans', ['60'])
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.stdout.toString()).toBe('all reaped\n')
  })

  test('shows a program no processes but its own', ['list-processes'], async (bench) => {
    expect(foreign((await bench.run('list-processes')).lines)).toEqual([])
  })

  test(
    'does not make the program process 1, which has no default signal actions',
    ['identity'],
    async (bench) => {
      const ended = await bench.run('identity')
      expect(Number(byKey(ended.lines).get('pid'))).toBeGreaterThan(1)
    },
  )

  test('survives a program that kills whatever it may', ['kill-everyone'], async (bench) => {
    const ended = await bench.run('kill-everyone')
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
  })

  test('survives a program that attacks process 1', ['kill-init'], async (bench) => {
    const ended = await bench.run('kill-init')
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.stdout.toString()).toBe('main lives\n')
  })

  test('starts a program with no signal ignored or blocked', ['cat', 'proc'], async (bench) => {
    const status = await bench.run('cat', ['/proc/self/status'])
    expect(status.lines.filter((line) => /^Sig(Blk|Ign):/u.test(line))).toEqual([
      'SigBlk:\t0000000000000000',
      'SigIgn:\t0000000000000000',
    ])
  })
}

/** Of `list-processes`: all that is neither process 1 nor the one that looks. */
function foreign(lines: readonly string[]): readonly string[] {
  const own = lines[0]?.replace('self', 'seen')
  return lines.slice(1).filter((line) => line !== own && line !== 'seen 1')
}
