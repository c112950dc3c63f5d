import { describe, expect, it } from 'vitest'

import { ServiceError } from '../contract/errors.js'
import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionResult } from '../contract/execution.js'
import type { ExecutionContext } from '../execution/run-execution.js'
import { toyRequest } from '../execution/test-support.js'
import { InputChannel } from '../queue/input-channel.js'
import { createMemoryQueue } from '../queue/memory.js'
import { SandboxError } from '../sandbox/driver.js'
import { startWorker } from './worker.js'

const RESULT: ExecutionResult = {
  jobId: 'job',
  language: 'fake',
  version: '1.0',
  status: 'succeeded',
  errorMessage: null,
  compile: null,
  run: null,
}
const died = new ServiceError('INTERNAL_ERROR', 'failed', { cause: new SandboxError('supervisor', 'died') })
const unavailable = new ServiceError('SANDBOX_UNAVAILABLE', 'none', {
  cause: new SandboxError('mount', 'full'),
})
const noCommand = new ServiceError('INTERNAL_ERROR', 'failed', { cause: new SandboxError('exec', 'gone') })

const started = { type: 'stage-started', stage: 'run' } as const
const output = { type: 'output', stage: 'run', stream: 'stdout', chunk: Buffer.from('x') } as const

type Attempt = (context: ExecutionContext) => ExecutionResult

/** A worker whose attempts at one job do as told, one after another. */
async function workThrough(
  attempts: readonly Attempt[],
  {
    followed = false,
    signal = undefined as AbortSignal | undefined,
    input = undefined as InputChannel | undefined,
  } = {},
) {
  const queue = createMemoryQueue({ capacity: 1 })
  const observed: string[] = []
  const seen: ExecutionEvent[] = []
  let made = 0
  startWorker({
    queue,
    slots: 1,
    runtimeVersion: () => '1.0',
    observers: [(request, event) => observed.push(`${request.jobId} ${event.type}`)],
    execute: async (_request, context) => {
      const attempt = attempts[made++]
      if (attempt === undefined) throw new Error('one attempt too many')
      return attempt(context)
    },
  })
  const outcome = await queue
    .submit(toyRequest(), {
      ...(followed && { onEvent: (event) => void seen.push(event) }),
      ...(signal !== undefined && { signal }),
      ...(input !== undefined && { input }),
    })
    .then(
      (result) => ({ result, error: undefined }),
      (error: unknown) => ({ result: undefined, error }),
    )
  return { ...outcome, made, observed, seen: seen.map((event) => event.type), stats: queue.stats() }
}

const succeed: Attempt = ({ emit }) => {
  void emit(started)
  void emit(output)
  return RESULT
}
const fail =
  (error: Error, ...events: readonly ExecutionEvent[]): Attempt =>
  ({ emit }) => {
    for (const event of events) void emit(event)
    throw error
  }

const hearAndFail: Attempt = ({ input }) => {
  input?.attach(() => {})
  throw died
}

describe('worker', () => {
  it('gives a job’s events to its followers and to the observers, the result last', async () => {
    const { result, seen, observed } = await workThrough([succeed], { followed: true })
    expect(result).toEqual(RESULT)
    expect(seen).toEqual(['stage-started', 'output', 'finished'])
    expect(observed).toEqual(['job stage-started', 'job output', 'job finished'])
  })

  it.each([
    ['supervisor died', died],
    ['no sandbox', unavailable],
  ])('tries once more when the platform failed: %s', async (_name, error) => {
    const { result, made } = await workThrough([fail(error), succeed])
    expect(result).toEqual(RESULT)
    expect(made).toBe(2)
  })

  it('ends a program that the platform failed twice as internal_error', async () => {
    const { result, made, observed } = await workThrough([fail(died), fail(died)])
    expect(result).toMatchObject({
      jobId: 'job',
      version: '1.0',
      status: 'internal_error',
      compile: null,
      run: null,
    })
    expect(result?.errorMessage).not.toBeNull()
    expect(made).toBe(2)
    expect(observed).toEqual(['job finished'])
  })

  it('refuses a program that never ran as SANDBOX_UNAVAILABLE', async () => {
    const { error, made, observed } = await workThrough([fail(unavailable), fail(unavailable)])
    expect(error).toBe(unavailable)
    expect(made).toBe(2)
    expect(observed).toEqual([])
  })

  it('does not try again what is certain to fail again', async () => {
    const { result, made } = await workThrough([fail(noCommand)])
    expect(result?.status).toBe('internal_error')
    expect(made).toBe(1)
  })

  it('does not try again what the client is to blame for', async () => {
    const invalid = new ServiceError('INVALID_INPUT', 'args', { cause: new SandboxError('exec', 'long') })
    const { error, made } = await workThrough([fail(invalid)])
    expect(error).toBe(invalid)
    expect(made).toBe(1)
  })

  it('does not try again for a client that has gone', async () => {
    const aborter = new AbortController()
    const abortAndFail: Attempt = () => {
      aborter.abort()
      throw died
    }
    const { made } = await workThrough([abortAndFail], { signal: aborter.signal })
    expect(made).toBe(1)
  })

  it('does not run a program again whose output somebody has seen', async () => {
    const { result, made, seen } = await workThrough([fail(died, started, output)], { followed: true })
    expect(result?.status).toBe('internal_error')
    expect(made).toBe(1)
    expect(seen).toEqual(['stage-started', 'output', 'finished'])
  })

  it('does not run a program again that somebody has talked to', async () => {
    const input = new InputChannel()
    void input.send({ type: 'stdin', data: 'heard' })
    const { result, made } = await workThrough([hearAndFail], { input })
    expect(result?.status).toBe('internal_error')
    expect(made).toBe(1)
  })

  it('runs it again when nobody has', async () => {
    const { result, made } = await workThrough([fail(died, started, output), succeed])
    expect(result).toEqual(RESULT)
    expect(made).toBe(2)
  })

  it('shows followers one run, however many attempts there were', async () => {
    const { seen } = await workThrough([fail(died, started), succeed], { followed: true })
    expect(seen).toEqual(['stage-started', 'output', 'finished'])
  })

  it('leaves its slot free after every kind of end', async () => {
    for (const attempts of [[succeed], [fail(died), fail(died)], [fail(unavailable), fail(unavailable)]]) {
      expect((await workThrough(attempts)).stats).toMatchObject({ queued: 0, running: 0 })
    }
  })
})
