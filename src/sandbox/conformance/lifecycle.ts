import { expect } from 'vitest'

import type { CaseGroup } from './case.js'

/** Cancelling, disposing, and many at once. */
export const lifecycle: CaseGroup = (test) => {
  test('cancels a program that waits, keeps what it wrote, and answers at once', ['echo'], async (bench) => {
    const aborter = new AbortController()
    const ended = await bench.run('echo', [], {
      stdin: 'interactive',
      limits: { wallTimeMs: 3_600_000 },
      signal: aborter.signal,
      onStart: (running) => void running.write(Buffer.from('begun\n')),
      onOutput: () => aborter.abort(),
    })
    expect(ended.stopReason).toBe('cancelled')
    expect(ended.stdout.toString()).toBe('begun\n')
  })

  test('cancels a program that ignores every signal', ['sleep-stubborn'], async (bench) => {
    const aborter = new AbortController()
    const ended = await bench.run('sleep-stubborn', [], {
      limits: { wallTimeMs: 3_600_000 },
      signal: aborter.signal,
      onOutput: () => aborter.abort(),
    })
    expect(ended.stopReason).toBe('cancelled')
  })

  test('cancels a fork bomb', ['fork-bomb', 'hello'], async (bench) => {
    const aborter = new AbortController()
    await bench.inSandbox(async (box) => {
      const ended = await box.run('fork-bomb', [], { signal: aborter.signal, onStart: () => aborter.abort() })
      expect(ended.stopReason).toBe('cancelled')
      expect((await box.run('hello')).exitCode).toBe(0)
    })
  })

  test('runs nothing for a signal that was aborted before', ['write-file', 'cat'], async (bench) => {
    await bench.inSandbox(async (box) => {
      const ended = await box.run('write-file', ['/tmp/ran', 'yes'], { signal: AbortSignal.abort() })
      expect(ended).toMatchObject({ stopReason: 'cancelled' })
      expect((await box.run('cat', ['/tmp/ran'])).exitCode).toBe(1)
    })
  })

  test('has the program’s own end stand when the signal is aborted after it', ['hello'], async (bench) => {
    const aborter = new AbortController()
    await bench.inSandbox(async (box) => {
      expect(await box.run('hello', [], { signal: aborter.signal })).toMatchObject({
        exitCode: 0,
        stopReason: null,
      })
      aborter.abort()
      expect((await box.run('hello')).exitCode).toBe(0)
    })
  })

  test('disposes twice, and runs nothing after', ['hello'], async (bench) => {
    const box = await bench.open()
    await Promise.all([box.sandbox.dispose(), box.sandbox.dispose()])
    await box.sandbox.dispose()
    await expect(box.run('hello')).rejects.toMatchObject({ name: 'SandboxError' })
  })

  test('disposes of a sandbox that never ran anything', [], async (bench) => {
    const spec = {
      executionId: 'never-ran',
      image: bench.programs.image,
      files: [],
      fileSystemBytes: 1_048_576,
    }
    const sandbox = await bench.driver.open(spec)
    await expect(sandbox.dispose()).resolves.toBeUndefined()
  })

  test('ends what still runs when it is disposed of', ['echo'], async (bench) => {
    const box = await bench.open()
    let disposed: Promise<void> | undefined
    const ended = await box.run('echo', [], {
      stdin: 'interactive',
      limits: { wallTimeMs: 3_600_000 },
      onStart: () => {
        disposed = box.sandbox.dispose()
      },
    })
    expect(ended.stopReason).toBe('cancelled')
    await disposed
  })

  test('refuses an image that is not there', [], async (bench) => {
    const spec = { executionId: 'no-image', image: 'no-such-image', files: [], fileSystemBytes: 1_048_576 }
    await expect(bench.driver.open(spec)).rejects.toMatchObject({ name: 'SandboxError' })
  })

  test('gives each of many sandboxes at once its own output', ['arguments', 'echo'], async (bench) => {
    const names = Array.from({ length: 24 }, (_, index) => `sandbox ${index}`)
    const outputs = await Promise.all(
      names.map((name) =>
        bench.inSandbox(async (box) => {
          const first = await box.run('arguments', [name])
          const second = await box.run('echo', [], { stdin: Buffer.from(name) })
          return [first.stdout.toString(), second.stdout.toString()]
        }),
      ),
    )
    expect(outputs).toEqual(names.map((name) => [`${name}\0`, name]))
  })

  test('says that it can be used here, and by which checks', [], async (bench) => {
    const report = await bench.driver.probe()
    expect(report.driver).toBe(bench.driver.name)
    expect(report.usable).toBe(true)
    expect(report.checks.filter((check) => check.required && !check.ok)).toEqual([])
  })
}
