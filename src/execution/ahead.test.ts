import { describe, expect, it } from 'vitest'
import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionRequest } from '../contract/execution.js'
import type { HeldSandbox, Outcome, Release, SandboxDriver, SandboxSpec } from '../sandbox/driver.js'
import { SandboxError } from '../sandbox/driver.js'
import { createFakeDriver } from '../sandbox/drivers/fake/driver.js'
import type { Ahead, Compiled } from './ahead.js'
import { taskOf } from './ahead.js'
import { runExecution } from './run-execution.js'
import { toyLanguage, toyRequest } from './test-support.js'

const USAGE = { wallTimeMs: 7, cpuTimeMs: 5, memoryBytes: 1024 }
const COMPILED: Compiled = {
  output: Buffer.from('a warning\n'),
  artefacts: [{ name: 'main', content: Buffer.from('made'), executable: false }],
  exitCode: 0,
  signal: null,
  stopReason: null,
  usage: USAGE,
}
const ENDED: Outcome = {
  exitCode: 0,
  signal: null,
  stopReason: null,
  truncated: { stdout: false, stderr: false },
  usage: USAGE,
}

function held(answer: (release: Release) => Promise<Outcome>) {
  const released: Release[] = []
  const sandbox: HeldSandbox & { disposed: number } = {
    started: Promise.resolve(),
    ended: new Promise(() => {}),
    disposed: 0,
    release: (release) => {
      released.push(release)
      return answer(release)
    },
    dispose() {
      this.disposed += 1
      return Promise.resolve()
    },
  }
  return { sandbox, released }
}

async function execute(ahead: Partial<Ahead>, request: Partial<ExecutionRequest> = {}) {
  const fake = createFakeDriver()
  const opened: SandboxSpec[] = []
  const driver: SandboxDriver = {
    name: fake.name,
    probe: () => fake.probe(),
    close: () => fake.close(),
    open: (spec) => {
      opened.push(spec)
      return fake.open(spec)
    },
  }
  const events: ExecutionEvent[] = []
  const result = await runExecution(
    toyRequest(request),
    {
      signal: new AbortController().signal,
      emit: (event) => {
        events.push(event)
      },
    },
    {
      driver,
      language: () => toyLanguage(['hello'], ['write-file', '/out/made', 'x']),
      runtimeVersion: () => '1',
      cpus: { compile: 1, run: 1 },
      ahead: { compile: () => Promise.resolve(undefined), take: () => undefined, ...ahead },
    },
  ).catch((error: unknown) => error)
  const kinds = events.map((event) => ('stage' in event ? `${event.type} ${event.stage}` : event.type))
  return { result, opened, kinds }
}

const ALL_EVENTS = [
  'stage-started compile',
  'output compile',
  'stage-finished compile',
  'stage-started run',
  'output run',
  'stage-finished run',
]

describe('an execution that may find something started', () => {
  it('goes the ordinary way where there is nothing', async () => {
    const { result, opened, kinds } = await execute({})
    expect(result).toMatchObject({ status: 'succeeded', compile: { exitCode: 0 }, run: { exitCode: 0 } })
    expect(opened.map(({ artefacts }) => artefacts)).toEqual([undefined])
    expect(kinds).toEqual(ALL_EVENTS.filter((kind) => kind !== 'output compile'))
  })

  it('runs what a resident compiler made in a sandbox of its own', async () => {
    const { result, opened, kinds } = await execute({ compile: () => Promise.resolve(COMPILED) })
    expect(result).toMatchObject({
      status: 'succeeded',
      compile: { stdout: '', stderr: 'a warning\n', output: 'a warning\n', exitCode: 0, usage: USAGE },
      run: { stdout: 'Hello, sandbox!\n' },
    })
    expect(opened.map(({ artefacts }) => artefacts)).toEqual([COMPILED.artefacts])
    expect(kinds).toEqual(ALL_EVENTS)
  })

  it('opens no sandbox for what a resident compiler refused', async () => {
    const refused = { ...COMPILED, output: Buffer.from('a mistake\n'), exitCode: 1, artefacts: [] }
    const { result, opened } = await execute({ compile: () => Promise.resolve(refused) })
    expect(result).toMatchObject({ status: 'compile_error', errorMessage: 'a mistake\n', run: null })
    expect(opened).toEqual([])
  })

  it('tells which limit stopped a resident compiler', async () => {
    const stopped = { ...COMPILED, exitCode: null, signal: 'SIGKILL', stopReason: 'wall' } as const
    const { result } = await execute({ compile: () => Promise.resolve(stopped) })
    expect(result).toMatchObject({
      status: 'time_limit_exceeded',
      compile: { stopReason: 'wall' },
      run: null,
    })
  })

  it('gives a waiting runtime its command, sources, classes and input, and disposes of it', async () => {
    const { sandbox, released } = held(async ({ command }) => {
      await command.onOutput('stdout', Buffer.from('from ahead'))
      return ENDED
    })
    const { result, opened, kinds } = await execute(
      { compile: () => Promise.resolve(COMPILED), take: () => sandbox },
      { args: ['a b'], stdin: Buffer.from('in') },
    )
    expect(result).toMatchObject({ status: 'succeeded', run: { stdout: 'from ahead', usage: USAGE } })
    expect(released).toMatchObject([
      {
        task: taskOf(['hello', 'a b']),
        artefacts: COMPILED.artefacts,
        files: [{ name: 'main.txt' }],
        command: { stdin: Buffer.from('in') },
      },
    ])
    expect([opened.length, sandbox.disposed]).toEqual([0, 1])
    expect(kinds).toEqual(ALL_EVENTS)
  })

  it('fails on the platform when a waiting runtime was lost, and disposes of it', async () => {
    const { sandbox } = held(() => Promise.reject(new SandboxError('held', 'gone')))
    const { result } = await execute({ compile: () => Promise.resolve(COMPILED), take: () => sandbox })
    expect(result).toMatchObject({ code: 'INTERNAL_ERROR' })
    expect(sandbox.disposed).toBe(1)
  })
})

describe('the task of a waiting runtime', () => {
  it('is the whole command, each word ended by a NUL, with its size in front', () => {
    const words = Buffer.from('java\0Main\0a b\0\0')
    expect(Buffer.from(taskOf(['java', 'Main', 'a b', '']))).toEqual(
      Buffer.concat([Buffer.from([words.length, 0, 0, 0]), words]),
    )
  })
})
