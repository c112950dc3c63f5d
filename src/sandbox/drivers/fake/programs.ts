import type { FakeProcess, FakeProgram } from './process.js'

const MIB = 1_048_576
const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  6: 'SIGABRT',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}

/** The same behaviours as those of `conformance/fixtures/`, as far as they make sense without a kernel. */
export const FAKE_PROGRAMS = {
  hello: (process) => printAndExit(process, 'Hello, sandbox!\n'),

  echo: async (process) => {
    for (let piece = await process.read(); piece !== undefined; piece = await process.read()) {
      await process.print(piece)
    }
    return 0
  },

  arguments: (process) => printAndExit(process, process.args.map((arg) => `${arg}\0`).join('')),

  environment: (process) =>
    printAndExit(
      process,
      Object.entries(process.env)
        .map(([name, value]) => `${name}=${value}\0`)
        .join(''),
    ),

  'working-directory': (process) => printAndExit(process, process.cwd),

  exit: async ({ args }) => Number(args[0] ?? 0),

  raise: async (process) => {
    const name = SIGNAL_NAMES[process.args[0] ?? '15']
    if (name !== undefined) process.raise(name)
    // Stopped by itself, it waits for a signal that does not come.
    process.sleep(Infinity)
    return 0
  },

  segfault: async (process) => process.raise('SIGSEGV'),

  cat: async (process) => {
    let exitCode = 0
    for (const name of process.args) {
      const content = process.files.get(absolute(process, name))
      if (content !== undefined) await process.print(content)
      else await process.print(`${name}: ENOENT\n`, 'stderr')
      if (content === undefined) exitCode = 1
    }
    return exitCode
  },

  'write-file': async (process) => {
    const [name = '', text = ''] = process.args
    process.files.set(absolute(process, name), Buffer.from(text))
    return 0
  },

  'list-folder': async (process) => {
    const folder = `${absolute(process, process.args[0] ?? '.')}/`
    const names = [...process.files.keys()].filter((name) => name.startsWith(folder))
    return printAndExit(process, names.map((name) => `${name.slice(folder.length)}\n`).join(''))
  },

  create: async (process) => {
    for (const name of process.args) {
      const path = absolute(process, name)
      const errno = !WRITABLE.test(path) ? 'EROFS' : process.files.has(path) ? 'EEXIST' : 'ok'
      if (errno === 'ok') process.files.set(path, new Uint8Array())
      await process.print(`${name} ${errno}\n`)
    }
    return 0
  },

  spin: async (process) => {
    process.spin(Infinity, Number(process.args[0] ?? 1))
    return 0
  },

  burn: async (process) => {
    const [ms = '100', processes = '1'] = process.args
    process.spin(Number(ms), Number(processes))
    return 0
  },

  sleep: async (process) => {
    process.sleep(Number(process.args[0] ?? 0))
    return 0
  },

  'sleep-stubborn': async (process) => {
    process.handleSignals()
    await process.print('still here\n')
    process.sleep(Infinity)
    return 0
  },

  heap: async (process) => {
    for (;;) process.allocate(MIB)
  },

  touch: async (process) => {
    const [mib = '1', processes = '1'] = process.args
    process.allocate(Number(mib) * MIB * Number(processes))
    return printAndExit(process, 'touched\n')
  },

  flood: async (process) => {
    const stream = process.args[0] === '2' ? 'stderr' : 'stdout'
    const block = Buffer.alloc(65_536, process.args[1] === 'text' ? 'x' : `${'x'.repeat(63)}\n`)
    for (;;) await process.print(block, stream)
  },

  'write-bytes': async (process) => {
    const [stream, length] = process.args
    const bytes = Uint8Array.from({ length: Number(length) }, (_, index) => index % 251)
    await process.print(bytes, stream === '2' ? 'stderr' : 'stdout')
    return 0
  },

  alternate: async (process) => {
    for (let more = Number(process.args[0] ?? 1); more > 0; more--) {
      await process.print('out\n')
      await process.print('err\n', 'stderr')
    }
    return 0
  },

  'name-signals': async (process) => {
    process.handleSignals()
    await process.print('ready\n')
    for (;;) {
      const name = await process.nextSignal()
      await process.print(`${name}\n`)
      if (name === 'SIGTERM') return 0
    }
  },
} satisfies Record<string, FakeProgram>

const WRITABLE = /^\/(box|out|tmp|dev\/shm)\//u

async function printAndExit(process: FakeProcess, text: string): Promise<number> {
  await process.print(text)
  return 0
}

function absolute(process: FakeProcess, name: string): string {
  return name.startsWith('/') ? name : `${process.cwd}/${name}`
}
