import { describe, expect, it } from 'vitest'

import type { ServiceError } from '../contract/errors.js'
import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import { SandboxError } from '../sandbox/driver.js'
import type { FakeDriverOptions } from '../sandbox/drivers/fake/driver.js'
import { createFakeDriver } from '../sandbox/drivers/fake/driver.js'
import type { PlatformFailure } from './platform-failure.js'
import { isTransient } from './platform-failure.js'
import { runExecution } from './run-execution.js'
import { LIMITS, toyLanguage, toyRequest } from './test-support.js'

interface Setup extends FakeDriverOptions {
  readonly language?: LanguageDefinition | undefined
  readonly request?: Partial<ExecutionRequest>
  readonly version?: string | undefined
  readonly signal?: AbortSignal
  readonly onEvent?: (event: ExecutionEvent) => void
}

async function execute(setup: Setup) {
  const driver = createFakeDriver(setup)
  const events: ExecutionEvent[] = []
  const failures: PlatformFailure[] = []
  const emit = (event: ExecutionEvent): void => {
    events.push(event)
    setup.onEvent?.(event)
  }
  const { language = toyLanguage(['hello']), signal = new AbortController().signal } = setup
  let result: ExecutionResult | undefined
  let error: unknown
  try {
    result = await runExecution(
      toyRequest(setup.request),
      { signal, emit },
      {
        driver,
        language: (id) => (id === 'fake' ? language : undefined),
        runtimeVersion: () => ('version' in setup ? setup.version : '1.2.3'),
        cpus: { compile: 1, run: 1 },
        onPlatformFailure: (failure) => failures.push(failure),
      },
    )
  } catch (thrown) {
    error = thrown
  }
  return { result, error, events, failures, leftOpen: driver.openSandboxes() }
}

const kinds = (events: readonly ExecutionEvent[]): readonly string[] =>
  events.map((event) => ('stage' in event ? `${event.type} ${event.stage}` : event.type))

const failing = (error: Error) => (): never => {
  throw error
}

const startFailing = (errno: string) => ({
  '/out/main': () => Promise.reject(new SandboxError('exec', `execve: ${errno}`, { errno })),
})

describe('runExecution', () => {
  it('runs a program and tells its end', async () => {
    const { result, events, leftOpen } = await execute({})
    expect(result).toMatchObject({
      jobId: 'job',
      language: 'fake',
      version: '1.2.3',
      status: 'succeeded',
      errorMessage: null,
      compile: null,
      run: { stdout: 'Hello, sandbox!\n', stderr: '', exitCode: 0, signal: null, stopReason: null },
    })
    expect(kinds(events)).toEqual(['stage-started run', 'output run', 'stage-finished run'])
    expect(events.at(-1)).toEqual({ type: 'stage-finished', stage: 'run', result: result?.run })
    expect(leftOpen).toEqual([])
  })

  it('compiles first, in the same sandbox', async () => {
    const language = toyLanguage(['cat', '/out/made'], ['write-file', '/out/made', 'artefact'])
    const { result, events } = await execute({ language })
    expect(result?.status).toBe('succeeded')
    expect(result?.run?.stdout).toBe('artefact')
    expect(result?.compile).toMatchObject({ exitCode: 0, output: '' })
    expect(kinds(events)).toEqual([
      'stage-started compile',
      'stage-finished compile',
      'stage-started run',
      'output run',
      'stage-finished run',
    ])
  })

  it('does not run what did not compile', async () => {
    const { result, events } = await execute({ language: toyLanguage(['hello'], ['cat', 'missing.txt']) })
    expect(result).toMatchObject({
      status: 'compile_error',
      errorMessage: 'missing.txt: ENOENT\n',
      run: null,
    })
    expect(kinds(events)).toEqual(['stage-started compile', 'output compile', 'stage-finished compile'])
  })

  it('stops a compiler at the compile limits', async () => {
    const request = { limits: { compile: { ...LIMITS, cpuTimeMs: 10 }, run: LIMITS } }
    const { result } = await execute({ language: toyLanguage(['hello'], ['spin']), request })
    expect(result).toMatchObject({
      status: 'time_limit_exceeded',
      errorMessage: 'Time limit exceeded during compilation',
      run: null,
    })
  })

  it('gives input and arguments to the program, not to its compiler', async () => {
    const language = toyLanguage(['echo'], ['echo'])
    const { result } = await execute({ language, request: { stdin: Buffer.from('typed') } })
    expect(result?.compile?.stdout).toBe('')
    expect(result?.run?.stdout).toBe('typed')
    const { result: withArgs } = await execute({
      language: toyLanguage(['arguments', 'own']),
      request: { args: ['a b'] },
    })
    expect(withArgs?.run?.stdout).toBe('own\0a b\0')
  })

  it.each([
    [['exit', '3'], 'runtime_error', 'Exited with code 3'],
    [['segfault'], 'runtime_error', 'Killed by SIGSEGV'],
    [['exit', '137'], 'runtime_error', 'Exited with code 137'],
    [['spin'], 'time_limit_exceeded', 'Time limit exceeded'],
    [['sleep', '6000'], 'time_limit_exceeded', 'Time limit exceeded'],
    [['heap'], 'memory_limit_exceeded', 'Memory limit exceeded'],
    [['flood'], 'output_limit_exceeded', 'Output limit exceeded'],
  ])('tells how %j ended', async (argv, status, errorMessage) => {
    expect((await execute({ language: toyLanguage(argv) })).result).toMatchObject({ status, errorMessage })
  })

  it('keeps and flags what came before the output limit', async () => {
    const request = { limits: { compile: LIMITS, run: { ...LIMITS, outputBytes: 1000 } } }
    const { result } = await execute({ language: toyLanguage(['flood', '2', 'text']), request })
    expect(result?.run?.stderr).toBe('x'.repeat(1000))
    expect(result?.run?.truncated).toEqual({ stdout: false, stderr: true })
  })

  it('runs the next execution in a sandbox of its own', async () => {
    const seen: string[] = []
    const beforeOpen = ({ executionId }: { executionId: string }): void => void seen.push(executionId)
    await execute({ request: { jobId: 'one' }, beforeOpen })
    await execute({ request: { jobId: 'two' }, beforeOpen })
    expect(seen).toEqual(['one', 'two'])
  })
})

describe('cancelling', () => {
  it('before anything opens no sandbox', async () => {
    const opened: string[] = []
    const beforeOpen = (): void => void opened.push('sandbox')
    const { result } = await execute({ signal: AbortSignal.abort(), beforeOpen })
    expect(result).toMatchObject({ status: 'cancelled', compile: null, run: null })
    expect(opened).toEqual([])
  })

  it('while the sandbox opens runs nothing', async () => {
    const aborter = new AbortController()
    const { result, events, leftOpen } = await execute({
      signal: aborter.signal,
      beforeOpen: () => aborter.abort(),
    })
    expect(result).toMatchObject({ status: 'cancelled', run: null })
    expect(events).toEqual([])
    expect(leftOpen).toEqual([])
  })

  it('between the stages does not start the second', async () => {
    const aborter = new AbortController()
    const onEvent = (event: ExecutionEvent): void => {
      if (event.type === 'stage-finished') aborter.abort()
    }
    const { result } = await execute({
      language: toyLanguage(['hello'], ['exit', '0']),
      signal: aborter.signal,
      onEvent,
    })
    expect(result).toMatchObject({ status: 'cancelled', compile: { exitCode: 0 }, run: null })
  })

  it('while the program runs kills it and keeps its output', async () => {
    const aborter = new AbortController()
    const onEvent = (event: ExecutionEvent): void => {
      if (event.type === 'output') aborter.abort()
    }
    const { result, leftOpen } = await execute({
      language: toyLanguage(['sleep-stubborn']),
      signal: aborter.signal,
      onEvent,
    })
    expect(result).toMatchObject({
      status: 'cancelled',
      run: { stdout: 'still here\n', stopReason: 'cancelled' },
    })
    expect(leftOpen).toEqual([])
  })

  it('after a failed compilation changes nothing about it', async () => {
    const aborter = new AbortController()
    const onEvent = (event: ExecutionEvent): void => {
      if (event.type === 'stage-finished') aborter.abort()
    }
    const { result } = await execute({
      language: toyLanguage(['hello'], ['exit', '1']),
      signal: aborter.signal,
      onEvent,
    })
    expect(result?.status).toBe('compile_error')
  })
})

describe('failures of the platform', () => {
  it('in opening a sandbox are SANDBOX_UNAVAILABLE, reported with their cause', async () => {
    const cause = new SandboxError('mount', 'overlay on /var/lib/secret', { errno: 'ENOSPC' })
    const { error, failures, leftOpen } = await execute({ beforeOpen: failing(cause) })
    expect(error).toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
      message: expect.not.stringContaining('secret') as string,
      cause,
    })
    expect(failures).toEqual([{ jobId: 'job', language: 'fake', error: cause }])
    expect(leftOpen).toEqual([])
  })

  it('under a running program are INTERNAL_ERROR, reported with their cause', async () => {
    const cause = new SandboxError('supervisor', 'died by SIGKILL at /var/lib/secret')
    const programs = { dying: () => Promise.reject(cause) }
    const { error, failures, leftOpen } = await execute({ language: toyLanguage(['dying']), programs })
    expect(error).toMatchObject({
      code: 'INTERNAL_ERROR',
      message: expect.not.stringContaining('secret') as string,
      cause,
    })
    expect(failures).toEqual([{ jobId: 'job', language: 'fake', error: cause }])
    expect(leftOpen).toEqual([])
  })

  it.each([
    ['outer-memory', 'ENOMEM', 5],
    ['clone', 'EAGAIN', undefined],
  ])('by limits on the whole service are SANDBOX_UNAVAILABLE: %s', async (step, errno, retryAfterSeconds) => {
    const cause = new SandboxError(step, 'no room', { errno })
    const programs = { dying: () => Promise.reject(cause) }
    const { error } = await execute({ language: toyLanguage(['dying']), programs })
    expect(error).toMatchObject({ code: 'SANDBOX_UNAVAILABLE', cause })
    expect((error as ServiceError).retryAfterSeconds).toBe(retryAfterSeconds)
    expect(isTransient(error)).toBe(true)
  })

  it('in cleaning up are reported, and the result stands', async () => {
    const cause = new SandboxError('cgroup', 'busy')
    const { result, failures } = await execute({ beforeDispose: failing(cause) })
    expect(result?.status).toBe('succeeded')
    expect(failures).toEqual([{ jobId: 'job', language: 'fake', error: cause }])
  })

  it('to enforce a limit are LIMIT_NOT_ENFORCEABLE', async () => {
    const { error } = await execute({ beforeOpen: failing(new SandboxError('limits', 'no pids controller')) })
    expect(error).toMatchObject({ code: 'LIMIT_NOT_ENFORCEABLE' })
  })

  it('to start a command of the image are INTERNAL_ERROR', async () => {
    const { error, failures } = await execute({ language: toyLanguage(['not-in-the-image']) })
    expect(error).toMatchObject({ code: 'INTERNAL_ERROR' })
    expect(failures).toHaveLength(1)
  })
})

describe('a program that cannot be started', () => {
  it.each([
    ['ENOENT', 127],
    ['EACCES', 126],
    ['ENOEXEC', 126],
  ])('after its compilation is its own fault: %s', async (errno, exitCode) => {
    const language = toyLanguage(['/out/main'], ['exit', '0'])
    const { result, failures } = await execute({ language, programs: startFailing(errno) })
    expect(result).toMatchObject({
      status: 'runtime_error',
      errorMessage: 'Compilation left no program that can be started.\n',
      run: { exitCode, signal: null, stopReason: null },
    })
    expect(failures).toEqual([])
  })

  it('for its arguments’ length is invalid input', async () => {
    const { error, failures } = await execute({
      language: toyLanguage(['/out/main']),
      programs: startFailing('E2BIG'),
    })
    expect(failures).toEqual([])
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('args') as string })
  })
})

describe('languages', () => {
  it('that are unknown are LANGUAGE_NOT_SUPPORTED', async () => {
    const { error } = await execute({ request: { language: 'cobol' } })
    expect(error).toMatchObject({ code: 'LANGUAGE_NOT_SUPPORTED' })
  })

  it('whose image is not there are LANGUAGE_NOT_READY', async () => {
    const { error } = await execute({ version: undefined })
    expect(error).toMatchObject({ code: 'LANGUAGE_NOT_READY' })
  })
})
