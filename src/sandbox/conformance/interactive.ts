import { EventEmitter, once } from 'node:events'
import { expect } from 'vitest'

import type { ResourceUse, RunningCommand } from '../driver.js'
import type { CaseGroup } from './case.js'
import { converse } from './converse.js'

/** Programs one talks to while they run: pipes, signals and terminals. */
export const interactive: CaseGroup = (test) => {
  test('takes input as it comes, answers, and sees its end', ['echo'], async (bench) => {
    const ended = await converse(bench, 'echo', { stdin: 'interactive' }, async (running, said) => {
      await running.write(Buffer.from('one\n'))
      await said('one\n')
      await running.write(Buffer.from('two\n'))
      await said('two\n')
      running.endInput()
    })
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.lines).toEqual(['one', 'two'])
  })

  test('delivers signals to a program that handles them', ['name-signals'], async (bench) => {
    const ended = await converse(bench, 'name-signals', { stdin: 'interactive' }, async (running, said) => {
      await said('ready\n')
      for (const name of ['SIGINT', 'SIGUSR1', 'SIGHUP']) {
        running.signal(name)
        await said(`${name}\n`)
      }
      running.signal('SIGTERM')
    })
    expect(ended).toMatchObject({ exitCode: 0, signal: null, stopReason: null })
    expect(ended.lines).toEqual(['ready', 'SIGINT', 'SIGUSR1', 'SIGHUP', 'SIGTERM'])
  })

  for (const name of ['SIGINT', 'SIGTERM', 'SIGKILL']) {
    test(`ends a program by ${name}, which is no limit's doing`, ['echo'], async (bench) => {
      const ended = await converse(bench, 'echo', { stdin: 'interactive' }, async (running, said) => {
        await running.write(Buffer.from('up\n'))
        await said('up\n')
        running.signal(name)
      })
      expect(ended).toMatchObject({ exitCode: null, signal: name, stopReason: null })
    })
  }

  test('takes no harm from words to a program that has ended', ['hello'], async (bench) => {
    await bench.inSandbox(async (box) => {
      let running: RunningCommand | undefined
      const ended = await box.run('hello', [], {
        stdin: 'interactive',
        onStart: (started) => {
          running = started
        },
      })
      expect(ended.exitCode).toBe(0)
      await running?.write(Buffer.from('too late'))
      running?.signal('SIGKILL')
      running?.endInput()
      expect((await box.run('hello')).exitCode).toBe(0)
    })
  })

  test('tells what a program has used while it runs, where the driver can', ['spin'], async (bench) => {
    let used: ResourceUse | null | undefined
    let afterwards: ResourceUse | null | undefined
    let after: Promise<void> | undefined
    const ended = await converse(bench, 'spin', { stdin: 'interactive' }, async (running) => {
      do used = await running.usage?.()
      while (used && used.cpuTimeMs < 50)
      running.signal('SIGKILL')
      after = running.usage?.().then((answer) => {
        afterwards = answer
      })
    })
    await after
    if (used === undefined) return
    expect(ended).toMatchObject({ signal: 'SIGKILL', stopReason: null })
    // What starting it took may still be in this figure, and never is in the final one.
    expect(used?.cpuTimeMs).toBeLessThan(2 * ended.usage.cpuTimeMs)
    expect(used?.memoryBytes).toBeGreaterThan(0)
    expect(used?.memoryBytes).toBeLessThanOrEqual(ended.usage.memoryBytes)
    // Asked when it may have ended: the last figures or none, but an answer.
    expect(afterwards).not.toBeUndefined()
  })

  test('tells when a program uses no CPU, and when it goes on', ['spin', 'real-time'], async (bench) => {
    const told: boolean[] = []
    const news = new EventEmitter()
    const onActivity = (isActive: boolean): void => {
      told.push(isActive)
      news.emit('told')
    }
    const ended = await converse(bench, 'spin', { stdin: 'interactive', onActivity }, async (running) => {
      running.signal('SIGSTOP')
      while (told.length < 1) await once(news, 'told')
      running.signal('SIGCONT')
      while (told.length < 2) await once(news, 'told')
      running.signal('SIGKILL')
    })
    expect(ended.signal).toBe('SIGKILL')
    expect(told).toEqual([false, true])
  })

  test(
    'tells nothing of a program that uses CPU all the time, or only for a moment',
    ['burn'],
    async (bench) => {
      const told: boolean[] = []
      const onActivity = (isActive: boolean): void => void told.push(isActive)
      await bench.run('burn', ['1200', '1'], { onActivity })
      await bench.run('hello', [], { onActivity })
      expect(told).toEqual([])
    },
  )

  const tty = { cols: 80, rows: 24 }

  test('gives a terminal of the size asked for, and tells of a new one', ['terminal'], async (bench) => {
    const ended = await converse(bench, 'terminal', { stdin: 'interactive', tty }, async (running, said) => {
      await said('size 80x24')
      running.resize({ cols: 132, rows: 50 })
      await said('size 132x50')
      await running.write(Buffer.from([3]))
    })
    expect(ended).toMatchObject({ exitCode: 0, signal: null, stopReason: null })
    expect(ended.stderr).toHaveLength(0)
    // The kernel echoes the key once it has sent the signal: before the program's answer, or after it.
    const lines = ended.lines.map((line) => line.replace('\r', ''))
    expect(lines.filter((line) => line !== '^C')).toEqual([
      'terminal 1 1 1',
      'foreground 1',
      'size 80x24',
      'size 132x50',
      expect.stringMatching(/interrupted$/u),
    ])
  })

  test('turns the interrupt key into SIGINT', ['terminal', 'echo'], async (bench) => {
    const ended = await converse(bench, 'echo', { stdin: 'interactive', tty }, async (running, said) => {
      await running.write(Buffer.from('typed\n'))
      await said('typed\r\ntyped\r\n')
      await running.write(Buffer.from([3]))
    })
    expect(ended).toMatchObject({ exitCode: null, signal: 'SIGINT', stopReason: null })
  })

  test('ends the input of a terminal program at the end of input', ['terminal', 'echo'], async (bench) => {
    const ended = await converse(bench, 'echo', { stdin: 'interactive', tty }, async (running, said) => {
      await running.write(Buffer.from('typed\n'))
      await said('typed\r\ntyped\r\n')
      running.endInput()
    })
    expect(ended).toMatchObject({ exitCode: 0, signal: null, stopReason: null })
  })

  test('bounds a terminal’s output as one stream', ['terminal', 'flood'], async (bench) => {
    const ended = await bench.run('flood', ['2', 'text'], { tty, limits: { outputBytes: 100_000 } })
    expect(ended.stopReason).toBe('output')
    expect(ended.stdout).toHaveLength(100_000)
    expect(ended.truncated.stdout).toBe(true)
  })
}
