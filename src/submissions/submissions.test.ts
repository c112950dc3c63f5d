import { EventEmitter, once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ServiceError } from '../contract/errors.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { JobConsumer, JobContext, JobQueue } from '../queue/job-queue.js'
import { createMemoryQueue } from '../queue/memory.js'
import { requestOf, resultOf } from '../store/conformance.js'
import type { ExecutionStore } from '../store/execution-store.js'
import { openTestStore } from '../store/test-support.js'
import type { TestStore } from '../store/test-support.js'
import type { StreamedEvent } from './event-stream.js'
import { createMemoryEventStream } from './memory-event-stream.js'
import { formatId, newSubmissionId, parseId, savedExecutionId } from './submission-id.js'
import type { Order, SubmissionView, Submissions, SubmissionsOptions } from './submissions.js'
import { createSubmissions } from './submissions.js'

const never = new AbortController().signal

interface Running {
  readonly request: ExecutionRequest
  readonly context: JobContext
  finish(own?: Partial<ExecutionResult>): void
  fail(error: unknown): void
}

/** A service whose programs run until the test ends them. */
class Service {
  readonly queue: JobQueue
  readonly submissions: Submissions
  readonly events = createMemoryEventStream()
  readonly faults: unknown[] = []
  readonly runs: Running[] = []
  due = 0
  readonly consumer: JobConsumer
  #woken: () => void = () => {}

  constructor(store: ExecutionStore, own: Partial<SubmissionsOptions> & { capacity?: number } = {}) {
    this.queue = createMemoryQueue({ capacity: own.capacity ?? 10 })
    this.consumer = this.queue.consume(
      (request, context) =>
        new Promise((resolve, reject) => {
          void context.emit({ type: 'stage-started', stage: 'run' })
          const finish = (result?: Partial<ExecutionResult>): void =>
            resolve(resultOf(request.jobId, result ?? {}))
          context.signal.addEventListener('abort', () => finish({ status: 'cancelled' }))
          this.runs.push({ request, context, finish, fail: reject })
          this.#woken()
        }),
      1,
    )
    this.submissions = createSubmissions({
      queue: this.queue,
      store,
      events: this.events,
      clock: () => 5000,
      onFault: ({ error }) => this.faults.push(error),
      onCallbackDue: () => this.due++,
      ...own,
    })
  }

  async untilRunning(count: number): Promise<Running> {
    while (this.runs.length < count) {
      await new Promise<void>((resolve) => {
        this.#woken = resolve
      })
    }
    return this.runs[count - 1] as Running
  }

  async accept(own: Partial<Order> = {}): Promise<string> {
    const [id] = await this.submissions.accept([orderOf(own)], 'client')
    if (typeof id !== 'string') throw id
    return id
  }

  async ended(id: string): Promise<SubmissionView | undefined> {
    await this.submissions.wait(id, 60_000, never)
    return this.submissions.get(id)
  }
}

function orderOf(own: Partial<Order> = {}): Order {
  const { jobId } = newSubmissionId()
  return { request: requestOf(jobId), saveMetric: false, analyze: false, callbackUrl: null, ...own }
}

let test: TestStore
/** What a killed process leaves: a store, and no queue. */
const restarted = (): Service => new Service(test.store)

describe('submissions', () => {
  let service: Service
  beforeEach(async () => {
    test = await openTestStore()
    service = new Service(test.store)
  })
  afterEach(() => test.dispose())

  it('are in the store when they are accepted, run, and end', async () => {
    const id = await service.accept()
    expect((await service.submissions.get(id))?.record.finishedAtMs).toBeNull()
    const running = await service.untilRunning(1)
    running.finish()
    const view = await service.ended(id)
    expect(view).toMatchObject({
      id,
      record: { status: 'finished', createdAtMs: 5000, startedAtMs: 5000, finishedAtMs: 5000, attempts: 1 },
    })
    expect(view?.record.result).toEqual(resultOf(running.request.jobId))
    expect(await test.store.getExecution(running.request.jobId)).toBeUndefined()
  })

  it('hand their request over unchanged, tests included', async () => {
    const cases = [{ name: 'n', stdin: Uint8Array.from([1]), args: [], expectedOutput: null }]
    const jobId = newSubmissionId().jobId
    const request = requestOf(jobId, { tests: { cases, checker: 'float', stopOnFailure: false } })
    await service.accept({ request })
    expect((await service.untilRunning(1)).request).toEqual(request)
    service.runs[0]?.finish()
    await service.submissions.settled()
  })

  it('are known by their whole id alone', async () => {
    const id = await service.accept()
    const { jobId, key } = parseId(id) ?? { jobId: '', key: '' }
    expect(formatId({ jobId, key })).toBe(id)
    expect(Buffer.from(key, 'base64url')).toHaveLength(16)
    const guessed = formatId(newSubmissionId(jobId))
    for (const wrong of [guessed, jobId, key, `${id}x`, '', 'x'.repeat(43), `${id.slice(0, 42)}!`]) {
      expect(await service.submissions.get(wrong)).toBeUndefined()
      expect(await service.submissions.cancel(wrong)).toBeUndefined()
    }
    expect((await service.submissions.get(id))?.record.jobId).toBe(jobId)
    ;(await service.untilRunning(1)).finish()
    await service.submissions.settled()
  })

  it('tell their place in the queue', async () => {
    const ids = [await service.accept(), await service.accept(), await service.accept()]
    const views = await Promise.all(ids.map((id) => service.submissions.get(id)))
    expect(views.map((view) => view?.position)).toEqual([undefined, 1, 2])
    for (const index of [1, 2, 3]) (await service.untilRunning(index)).finish()
    await service.submissions.settled()
  })

  it('that the queue refuses leave nothing, and do not refuse the others of their batch', async () => {
    service = new Service(test.store, { capacity: 1 })
    const orders = [orderOf(), orderOf(), orderOf()]
    const accepted = await service.submissions.accept(orders, 'client')
    expect(accepted.map((entry) => (entry instanceof ServiceError ? entry.code : typeof entry))).toEqual([
      'string',
      'string',
      'QUEUE_FULL',
    ])
    expect(await test.store.getSubmission(orders[2]?.request.jobId ?? '')).toBeUndefined()
    for (const index of [1, 2]) (await service.untilRunning(index)).finish()
    await service.submissions.settled()
  })

  it('end as internal_error when the platform fails under them', async () => {
    const id = await service.accept()
    ;(await service.untilRunning(1)).fail(new Error('supervisor died at /srv'))
    const view = await service.ended(id)
    expect(view?.record).toMatchObject({ status: 'finished', result: { status: 'internal_error' } })
    expect(JSON.stringify(view)).not.toContain('/srv')
  })

  it('save their execution where that was asked for', async () => {
    const id = await service.accept({ saveMetric: true })
    const running = await service.untilRunning(1)
    running.finish()
    await service.ended(id)
    const submissionId = parseId(id) ?? newSubmissionId()
    expect(await test.store.getExecution(running.request.jobId)).toBeUndefined()
    expect(await test.store.getExecution(savedExecutionId(submissionId))).toMatchObject({
      userId: 'anonymous',
      projectId: 'default',
      output: 'out\0ü',
      status: 'succeeded',
    })
  })

  it('are analyzed beside their run, where that was asked for', async () => {
    const report = { findings: [], summary: { language: 'python' } } as never
    service = new Service(test.store, { analyze: () => Promise.resolve(report) })
    const ids = [await service.accept({ analyze: true }), await service.accept()]
    for (const index of [1, 2]) (await service.untilRunning(index)).finish()
    const views = await Promise.all(ids.map((id) => service.ended(id)))
    expect(views.map((view) => view?.record.analysis)).toEqual([report, null])
  })

  it('end before an analysis that takes longer, which then follows', async () => {
    const report = { findings: [], summary: { language: 'python' } } as never
    const analyzed = new EventEmitter()
    service = new Service(test.store, {
      analyze: () => once(analyzed, 'report').then(([made]) => made as never),
    })
    const id = await service.accept({ analyze: true })
    ;(await service.untilRunning(1)).finish()
    expect((await service.ended(id))?.record).toMatchObject({ status: 'finished', analysis: null })
    analyzed.emit('report', report)
    await service.submissions.settled()
    expect((await service.ended(id))?.record.analysis).toEqual(report)
    const { jobId } = parseId(id) ?? { jobId: '' }
    const types: string[] = []
    for await (const { event } of (await service.events.follow(jobId, undefined, never)) ?? [])
      types.push(event.type)
    expect(types.slice(-2)).toEqual(['result', 'analysis'])
  })

  it('make their callback due when they have ended', async () => {
    const id = await service.accept({ callbackUrl: 'https://example.org/' })
    ;(await service.untilRunning(1)).finish()
    await service.ended(id)
    await service.submissions.settled()
    expect(service.due).toBe(1)
    expect(await test.store.claimCallbacks(5000, 6000, 10)).toHaveLength(1)
  })

  describe('cancelling', () => {
    it('kills the program, and keeps what it did until then', async () => {
      const id = await service.accept()
      await service.untilRunning(1)
      await service.submissions.cancel(id)
      const view = await service.submissions.get(id)
      expect(view?.record).toMatchObject({ status: 'cancelled', result: { status: 'cancelled' } })
      expect(service.runs[0]?.context.signal.aborted).toBe(true)
    })

    it('takes a waiting one out of the queue', async () => {
      const first = await service.accept()
      const second = await service.accept()
      expect((await service.submissions.cancel(second))?.record.status).toBe('cancelled')
      expect((await service.submissions.get(second))?.record.result).toBeNull()
      service.runs[0]?.finish()
      await service.ended(first)
      expect(service.runs).toHaveLength(1)
    })

    it('leaves an ended one as it is', async () => {
      const id = await service.accept()
      ;(await service.untilRunning(1)).finish()
      const before = await service.ended(id)
      expect((await service.submissions.cancel(id))?.record.status).toBe('finished')
      expect(await service.submissions.get(id)).toEqual(before)
    })
  })

  describe('waiting', () => {
    it('ends when the time has passed, or nobody waits any more', async () => {
      const id = await service.accept()
      await service.untilRunning(1)
      expect((await service.submissions.wait(id, 1, never))?.record.status).toBe('running')
      const view = await service.submissions.wait(id, 60_000, AbortSignal.abort())
      expect(view?.record.status).toBe('running')
      service.runs[0]?.finish()
      await service.submissions.settled()
    })

    it('sees the end that another process wrote', async () => {
      const id = await service.accept()
      await service.untilRunning(1)
      const elsewhere = new Service(test.store)
      const waiting = elsewhere.submissions.wait(id, 60_000, never)
      service.runs[0]?.finish()
      expect((await waiting)?.record.status).toBe('finished')
    })
  })

  describe('after a restart', () => {
    it('run again when they waited or ran', async () => {
      let nowMs = 5000
      service = new Service(test.store, { clock: () => nowMs++ })
      const ids = [await service.accept(), await service.accept()]
      const requests = [await service.untilRunning(1).then(({ request }) => request)]
      const next = restarted()
      await next.submissions.recover()
      const first = await next.untilRunning(1)
      expect(first.request).toEqual(requests[0])
      first.finish()
      ;(await next.untilRunning(2)).finish()
      const views = await Promise.all(ids.map((id) => next.ended(id)))
      expect(views.map((view) => [view?.record.status, view?.record.attempts])).toEqual([
        ['finished', 2],
        ['finished', 1],
      ])
    })

    it('run once more only; then they are an internal error', async () => {
      const id = await service.accept()
      await service.untilRunning(1)
      const second = restarted()
      await second.submissions.recover()
      await second.untilRunning(1)
      const third = restarted()
      await third.submissions.recover()
      expect((await third.ended(id))?.record.result).toMatchObject({ status: 'internal_error' })
      expect(third.runs).toEqual([])
    })

    it('are all taken up, however short the queue is', async () => {
      const ids = await Promise.all(Array.from({ length: 5 }, () => service.accept()))
      const next = new Service(test.store, { capacity: 2 })
      const recovered = next.submissions.recover()
      for (let index = 1; index <= 5; index++) (await next.untilRunning(index)).finish()
      await recovered
      const views = await Promise.all(ids.map((id) => next.ended(id)))
      expect(views.every((view) => view?.record.status === 'finished')).toBe(true)
      expect(next.runs).toHaveLength(5)
    })

    it('were left in line by a service that stopped in good order', async () => {
      const id = await service.accept()
      await service.untilRunning(1)
      await service.consumer.drain(0)
      await service.submissions.settled()
      expect((await service.submissions.get(id))?.record).toMatchObject({ status: 'queued', result: null })
      const next = restarted()
      await next.submissions.recover()
      ;(await next.untilRunning(1)).finish()
      expect((await next.ended(id))?.record.status).toBe('finished')
    })

    it('are left alone when this process has accepted them itself', async () => {
      const id = await service.accept()
      await service.untilRunning(1)
      await service.submissions.recover()
      service.runs[0]?.finish()
      expect((await service.ended(id))?.record.attempts).toBe(1)
      expect(service.runs).toHaveLength(1)
    })
  })

  it('are recorded when the database is back', async () => {
    let away = false
    const store: ExecutionStore = {
      ...test.store,
      finishSubmission: (...args) =>
        away
          ? Promise.reject(new ServiceError('STORE_UNAVAILABLE', 'away'))
          : test.store.finishSubmission(...args),
    }
    service = new Service(store, {
      onFault: () => {
        away = false
      },
    })
    const id = await service.accept()
    away = true
    ;(await service.untilRunning(1)).finish()
    expect((await service.ended(id))?.record.status).toBe('finished')
    expect(away).toBe(false)
  })

  it('are refused while the database is away', async () => {
    const broken = new Service({
      ...test.store,
      addSubmissions: () => Promise.reject(new ServiceError('STORE_UNAVAILABLE', 'away')),
    })
    await expect(broken.accept()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(broken.runs).toEqual([])
  })

  it('can be followed, with characters whole, and again from any event', async () => {
    const id = await service.accept()
    const { jobId } = parseId(id) ?? { jobId: '' }
    const running = await service.untilRunning(1)
    const output = (chunk: readonly number[]): void => {
      void running.context.emit({
        type: 'output',
        stage: 'run',
        stream: 'stdout',
        chunk: Uint8Array.from(chunk),
      })
    }
    output([0x61, 0xc3])
    output([0xbc])
    const seen: StreamedEvent[] = []
    const following = (async () => {
      for await (const event of (await service.events.follow(jobId, undefined, never)) ?? []) seen.push(event)
    })()
    running.finish()
    await following
    expect(seen.map(({ event }) => event)).toEqual([
      { type: 'stage', stage: 'run' },
      { type: 'stdout', stage: 'run', data: 'a' },
      { type: 'stdout', stage: 'run', data: 'ü' },
      { type: 'result' },
    ])
    const again: StreamedEvent[] = []
    for await (const event of (await service.events.follow(jobId, seen[1]?.id, never)) ?? [])
      again.push(event)
    expect(again).toEqual(seen.slice(2))
    expect(await service.events.follow('unknown', undefined, never)).toBeUndefined()
  })
})
