import { expect } from 'vitest'

import { MIB, textFile } from './bench.js'
import type { CaseGroup } from './case.js'

const SIGNALS = {
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
  SIGXFSZ: 25,
  SIGSYS: 31,
}

/** Starting a command, what it is given, and how its end is told. */
export const basics: CaseGroup = (test) => {
  test('says hello', ['hello'], async (bench) => {
    const ended = await bench.run('hello')
    expect(ended).toMatchObject({ exitCode: 0, signal: null, stopReason: null })
    expect(ended.truncated).toEqual({ stdout: false, stderr: false })
    expect(ended.stdout.toString()).toBe('Hello, sandbox!\n')
    expect(ended.stderr).toHaveLength(0)
  })

  for (const code of [0, 1, 3, 42, 126, 127, 137, 255]) {
    test(`tells exit code ${code} as it is`, ['exit'], async (bench) => {
      const ended = await bench.run('exit', [String(code)])
      expect(ended).toMatchObject({ exitCode: code, signal: null, stopReason: null })
    })
  }

  for (const [name, number] of Object.entries(SIGNALS)) {
    test(`names ${name} that a program sends to itself`, ['raise'], async (bench) => {
      const ended = await bench.run('raise', [String(number)])
      expect(ended).toMatchObject({ exitCode: null, signal: name, stopReason: null })
    })
  }

  test('names the signal of a crash', ['segfault'], async (bench) => {
    expect(await bench.run('segfault')).toMatchObject({ exitCode: null, signal: 'SIGSEGV', stopReason: null })
  })

  test(
    'gives arguments unchanged: empty, spaces, quotes, newlines, bytes beyond ASCII',
    ['arguments'],
    async (bench) => {
      const args = [
        '',
        ' ',
        'two words',
        '"\'`$HOME`',
        'line\nline',
        '-x',
        '--',
        '\\',
        'żółw 🐢',
        '*',
        '\u0001',
      ]
      const ended = await bench.run('arguments', args)
      expect(ended.stdout.toString()).toBe(args.map((arg) => `${arg}\0`).join(''))
    },
  )

  test('gives an argument of 100 KB', ['arguments'], async (bench) => {
    const ended = await bench.run('arguments', ['x'.repeat(100_000)])
    expect(ended.stdout.toString()).toBe(`${'x'.repeat(100_000)}\0`)
  })

  test('gives exactly the environment it is told to', ['environment'], async (bench) => {
    const env = { PATH: '/bin', EMPTY: '', SPACED: ' a = b ', LINES: 'a\nb', UNICODE: 'ü' }
    const ended = await bench.run('environment', [], { env })
    const seen = ended.stdout.toString().split('\0').slice(0, -1)
    expect(seen.toSorted()).toEqual(
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted(),
    )
  })

  test('starts in the work folder, or in a folder of it', ['working-directory'], async (bench) => {
    const files = [textFile('some/deep folder/file.txt', '')]
    await bench.inSandbox(
      async (box) => {
        expect((await box.run('working-directory')).stdout.toString()).toBe('/box')
        const ended = await box.run('working-directory', [], { cwd: 'some/deep folder' })
        expect(ended.stdout.toString()).toBe('/box/some/deep folder')
      },
      { files },
    )
  })

  test(
    'refuses a command that is not there, with the step and errno, and goes on',
    ['hello'],
    async (bench) => {
      await bench.inSandbox(async (box) => {
        await expect(box.exec(['/out/no-such-program'])).rejects.toMatchObject(execFailure('ENOENT'))
        await expect(box.exec(['no-such-program'])).rejects.toMatchObject(execFailure('ENOENT'))
        expect((await box.run('hello')).exitCode).toBe(0)
      })
    },
  )

  test(
    'refuses a command that is no program, and asks no shell about it',
    ['hello', 'proc'],
    async (bench) => {
      const files = [textFile('text', 'echo a shell ran this\n')]
      await bench.inSandbox(
        async (box) => {
          await expect(box.exec(['/box/text'])).rejects.toMatchObject(execFailure('EACCES'))
          expect((await box.exec(['install', '-m', '755', '/box/text', '/out/text'])).exitCode).toBe(0)
          await expect(box.exec(['/out/text'])).rejects.toMatchObject(execFailure('ENOEXEC'))
          await expect(box.exec(['/out'])).rejects.toMatchObject(execFailure('EACCES'))
          expect((await box.run('hello')).exitCode).toBe(0)
        },
        { files },
      )
    },
  )

  test('refuses arguments that no command line holds', ['arguments'], async (bench) => {
    await bench.inSandbox(async (box) => {
      const args = Array.from({ length: 100 }, () => 'x'.repeat(100_000))
      await expect(box.run('arguments', args)).rejects.toMatchObject(execFailure('E2BIG'))
      expect((await box.run('arguments', ['short'])).exitCode).toBe(0)
    })
  })

  test('runs a program that may start no other and write no file', ['hello'], async (bench) => {
    await bench.inSandbox(async (box) => {
      const limits = { maxProcesses: 1, fileSizeBytes: 0 }
      expect(await box.run('hello', [], { limits })).toMatchObject({ exitCode: 0, stopReason: null })
    })
  })
}

function execFailure(errno: string) {
  return { name: 'SandboxError', step: 'exec', errno }
}

/** Standard input that is known before the start. */
export const input: CaseGroup = (test) => {
  test('is empty when nothing is given', ['echo'], async (bench) => {
    const ended = await bench.run('echo')
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    expect(ended.stdout).toHaveLength(0)
  })

  test('arrives byte by byte, NUL and invalid UTF-8 included', ['echo'], async (bench) => {
    const stdin = Buffer.from([0, 1, 255, 0xc3, 0x28, 10, 13, 4, 26, 0])
    expect((await bench.run('echo', [], { stdin })).stdout.equals(stdin)).toBe(true)
  })

  test('may be a MiB, more than any pipe holds', ['echo'], async (bench) => {
    const stdin = Buffer.alloc(
      MIB,
      Uint8Array.from({ length: 251 }, (_, index) => index),
    )
    const ended = await bench.run('echo', [], { stdin, limits: { outputBytes: MIB } })
    expect(ended).toMatchObject({
      exitCode: 0,
      stopReason: null,
      truncated: { stdout: false, stderr: false },
    })
    expect(ended.stdout.equals(stdin)).toBe(true)
  })

  test('may be left unread', ['exit'], async (bench) => {
    const ended = await bench.run('exit', ['7'], { stdin: Buffer.alloc(4 * MIB, 'x') })
    expect(ended).toMatchObject({ exitCode: 7, stopReason: null })
  })
}
