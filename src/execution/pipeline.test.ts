/** Queue, worker, execution and sandbox together, on the fake driver. */
import { EventEmitter, once } from 'node:events'

import { describe, expect, it } from 'vitest'

import type { ServiceError } from '../contract/errors.js'
import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { JobQueue } from '../queue/job-queue.js'
import { createMemoryQueue } from '../queue/memory.js'
import { SandboxError } from '../sandbox/driver.js'
import type { FakeDriver, FakeDriverOptions } from '../sandbox/drivers/fake/driver.js'
import { createFakeDriver } from '../sandbox/drivers/fake/driver.js'
import type { FakeProgram } from '../sandbox/drivers/fake/process.js'
import type { Worker } from '../worker/worker.js'
import { startWorker } from '../worker/worker.js'
import { runExecution } from './run-execution.js'
import { LIMITS, toyLanguage, toyRequest } from './test-support.js'

const LONG_MS = 3_600_000

const MAKE = ['write-file', '/out/made', 'yes']

interface Pipeline {
  readonly queue: JobQueue
  readonly driver: FakeDriver
  readonly worker: Worker
  readonly mostOpen: () => number
}

/** The program is chosen by the request's first argument, as `argv[0]` of the run stage. */
function pipeline({
  slots = 4,
  capacity = 1000,
  ...options
}: FakeDriverOptions & { slots?: number; capacity?: number } = {}): Pipeline {
  let mostOpen = 0
  const driver = createFakeDriver({
    ...options,
    beforeOpen: (spec) => {
      mostOpen = Math.max(mostOpen, driver.openSandboxes().length + 1)
      options.beforeOpen?.(spec)
    },
  })
  const queue = createMemoryQueue({ capacity })
  const worker = startWorker({
    queue,
    slots,
    runtimeVersion: () => '1.0',
    execute: (request, context) =>
      runExecution(request, context, {
        driver,
        language: (id) => ({ ...toyLanguage([], id === 'compiled' ? MAKE : undefined), id }),
        runtimeVersion: () => '1.0',
        cpus: { compile: 1, run: 1 },
      }),
  })
  return { queue, driver, worker, mostOpen: () => mostOpen }
}

function job(
  jobId: string,
  args: readonly string[],
  overrides: Partial<ExecutionRequest> = {},
): ExecutionRequest {
  return toyRequest({ jobId, args, ...overrides })
}

/** Says that it runs, and does so until it is ended. */
const hold: FakeProgram = async (process) => {
  process.handleSignals()
  await process.print('holding')
  await process.nextSignal()
  return 0
}

/** Submits a job that holds its slot, and waits until it does. */
async function submitHeld(
  queue: JobQueue,
  id: string,
  signal?: AbortSignal,
): Promise<{ answer: Promise<ExecutionResult> }> {
  const news = new EventEmitter()
  const holding = once(news, 'output')
  const onEvent = (event: ExecutionEvent): void => void news.emit(event.type)
  const answer = queue.submit(job(id, ['hold']), { onEvent, ...(signal !== undefined && { signal }) })
  await holding
  return { answer }
}

/** A kind of job and what its answer must be, for this job alone. */
interface Kind {
  readonly request: (jobId: string) => ExecutionRequest
  readonly check: (result: ExecutionResult, jobId: string) => void
}

const KINDS: readonly Kind[] = [
  {
    request: (id) => job(id, ['arguments', id]),
    check: (result, id) => expect(result).toMatchObject({ status: 'succeeded', run: { stdout: `${id}\0` } }),
  },
  {
    request: (id) => job(id, ['echo'], { stdin: Buffer.from(id.repeat(1000)) }),
    check: (result, id) =>
      expect(result).toMatchObject({ status: 'succeeded', run: { stdout: id.repeat(1000) } }),
  },
  {
    request: (id) =>
      job(id, ['cat', 'main.txt', '/out/made'], {
        language: 'compiled',
        files: [{ name: 'main.txt', content: Buffer.from(id) }],
      }),
    check: (result, id) =>
      expect(result).toMatchObject({
        status: 'succeeded',
        compile: { exitCode: 0 },
        run: { stdout: `${id}yes` },
      }),
  },
  {
    request: (id) => job(id, ['exit', String(Number(id) % 200)]),
    check: (result, id) => expect(result.run?.exitCode).toBe(Number(id) % 200),
  },
  {
    request: (id) => job(id, ['spin']),
    check: (result) => expect(result.status).toBe('time_limit_exceeded'),
  },
  {
    request: (id) =>
      job(id, ['flood'], { limits: { compile: LIMITS, run: { ...LIMITS, outputBytes: Number(id) + 1 } } }),
    check: (result, id) => {
      expect(result.status).toBe('output_limit_exceeded')
      expect(result.run?.stdout).toHaveLength(Number(id) + 1)
    },
  },
]

function kindOf(index: number): Kind {
  return KINDS[index % KINDS.length] as Kind
}

describe('the pipeline', () => {
  it('gives 500 mixed jobs of many clients each its own answer, and leaves nothing', async () => {
    const { queue, driver, worker, mostOpen } = pipeline({ images: ['fake', 'compiled'] })
    const jobs = Array.from({ length: 500 }, (_, index) => ({ id: String(index), ...kindOf(index) }))
    const answers = await Promise.all(
      jobs.map(({ id, request }, index) => queue.submit(request(id), { clientKey: `client ${index % 9}` })),
    )
    for (const [index, { id, check }] of jobs.entries()) {
      const result = answers[index] as ExecutionResult
      expect(result.jobId).toBe(id)
      check(result, id)
    }
    expect(mostOpen()).toBe(4)
    expect(driver.openSandboxes()).toEqual([])
    expect(queue.stats()).toMatchObject({ queued: 0, running: 0 })
    await worker.drain(LONG_MS)
  })

  it('gives each follower the events of its own job', async () => {
    const { queue } = pipeline({ slots: 3 })
    const followed = Array.from({ length: 40 }, (_, index) => ({
      id: String(index),
      events: [] as ExecutionEvent[],
    }))
    await Promise.all(
      followed.map(({ id, events }) =>
        queue.submit(job(id, ['arguments', id]), { onEvent: (event) => void events.push(event) }),
      ),
    )
    for (const { id, events } of followed) {
      const told = events.filter((event) => event.type !== 'queued')
      expect(told.map((event) => event.type)).toEqual([
        'stage-started',
        'output',
        'stage-finished',
        'finished',
      ])
      expect(told.at(-1)).toMatchObject({ result: { jobId: id, run: { stdout: `${id}\0` } } })
    }
  })

  it('ends aborted jobs, waiting and running, and no others', async () => {
    const { queue, driver } = pipeline({ slots: 2, programs: { hold } })
    const aborters = Array.from({ length: 30 }, () => new AbortController())
    const held = await Promise.all(
      aborters.slice(0, 2).map(({ signal }, index) => submitHeld(queue, String(index), signal)),
    )
    const waiting = aborters
      .slice(2)
      .map(({ signal }, index) => queue.submit(job(String(index), ['hello']), { signal }))
    const outcomes = Promise.allSettled(waiting)
    for (const aborter of aborters.slice(2).filter((_, index) => index % 3 === 0))
      aborter.abort(new Error('gone'))
    for (const aborter of aborters.slice(0, 2)) aborter.abort(new Error('gone'))
    for (const { answer } of held) {
      expect(await answer).toMatchObject({
        status: 'cancelled',
        run: { stdout: 'holding', stopReason: 'cancelled' },
      })
    }
    for (const [index, outcome] of (await outcomes).entries()) {
      const gone = { status: 'rejected', reason: { message: 'gone' } }
      const done = { status: 'fulfilled', value: { jobId: String(index), status: 'succeeded' } }
      expect(outcome).toMatchObject(index % 3 === 0 ? gone : done)
    }
    expect(driver.openSandboxes()).toEqual([])
    expect(queue.stats()).toMatchObject({ queued: 0, running: 0 })
  })

  it('drains: finishes what it has, refuses what comes', async () => {
    const { queue, driver, worker } = pipeline({ slots: 2 })
    const answers = Array.from({ length: 20 }, (_, index) => queue.submit(job(String(index), ['hello'])))
    const drained = worker.drain(LONG_MS)
    await expect(queue.submit(job('late', ['hello']))).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
    await drained
    expect((await Promise.all(answers)).every(({ status }) => status === 'succeeded')).toBe(true)
    expect(driver.openSandboxes()).toEqual([])
  })

  it('at the drain deadline ends what still runs or waits, and tells each client', async () => {
    const { queue, driver, worker } = pipeline({ slots: 2, programs: { hold } })
    const held = await Promise.all(['0', '1'].map((id) => submitHeld(queue, id)))
    const answers = [
      ...held.map(({ answer }) => answer),
      ...['2', '3'].map((id) => queue.submit(job(id, ['hello']))),
    ]
    const outcomes = Promise.allSettled(answers)
    await worker.drain(0)
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'SHUTTING_DOWN', status: 503 } })
    }
    expect(driver.openSandboxes()).toEqual([])
    expect(queue.stats()).toMatchObject({ queued: 0, running: 0 })
  })

  it('refuses beyond its capacity without opening a sandbox, and serves the rest', async () => {
    const { queue, driver, mostOpen } = pipeline({ slots: 2, capacity: 10 })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        // One client alone leaves a place for another.
        queue.submit(job(String(index), ['arguments', String(index)]), { clientKey: `client ${index % 2}` }),
      ),
    )
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(38)
    for (const { reason } of refused) expect((reason as ServiceError).code).toBe('QUEUE_FULL')
    expect(mostOpen()).toBe(2)
    expect(driver.openSandboxes()).toEqual([])
  })

  it('survives a supervisor that dies under half of the jobs: each runs once more', async () => {
    const dead = new Set<string>()
    const beforeOpen = ({ executionId }: { executionId: string }): void => {
      if (Number(executionId) % 2 === 0 || dead.has(executionId)) return
      dead.add(executionId)
      throw new SandboxError('supervisor', 'died')
    }
    const { queue, driver } = pipeline({ slots: 3, beforeOpen })
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        queue.submit(job(String(index), ['arguments', String(index)])),
      ),
    )
    answers.forEach((result, index) => expect(result.run?.stdout).toBe(`${index}\0`))
    expect(dead.size).toBe(30)
    expect(driver.openSandboxes()).toEqual([])
  })
})
