/** How much a queue holds, of one client and of all: places and bytes. */
import { describe, expect, it } from 'vitest'
import type { ExecutionResult } from '../../contract/execution.js'
import type { BoundsOptions } from '../bounds.js'
import type { SubmitOptions } from '../job-queue.js'
import type { MakeQueue } from './harness.js'
import { HeldJobs, requestOf } from './harness.js'

const KIB = 1024
const PATIENCE = { timeout: 10_000, interval: 20 }

interface Bounded {
  readonly jobs: HeldJobs
  readonly stats: () => { readonly queued: number; readonly bytes: number; readonly maxBytes: number }
  /** A job of so many bytes that is accepted; its answer is awaited at the end. */
  readonly accept: (
    jobId: string,
    clientKey: string,
    bytes?: number,
    options?: SubmitOptions,
  ) => Promise<void>
  readonly refuse: (jobId: string, clientKey: string, bytes?: number) => Promise<{ readonly message: string }>
  /** Answers of everything accepted. */
  readonly answers: Promise<ExecutionResult>[]
}

async function withQueueOf(
  make: MakeQueue,
  { capacity, ...bounds }: BoundsOptions,
  use: (queue: Bounded) => Promise<void>,
): Promise<void> {
  const underTest = await make(capacity, bounds)
  const { queue } = underTest
  const jobs = new HeldJobs()
  queue.consume(jobs.handler, 1)
  const answers: Promise<ExecutionResult>[] = []
  const submit = (jobId: string, bytes: number, options: SubmitOptions): Promise<ExecutionResult> =>
    queue.submit(requestOf(jobId, new Uint8Array(bytes)), options)
  const accept: Bounded['accept'] = (jobId, clientKey, bytes = 0, options = {}) =>
    new Promise((resolve, reject) => {
      const answer = submit(jobId, bytes, { ...options, clientKey, onAccepted: resolve })
      answers.push(answer)
      answer.catch(reject)
    })
  const refuse: Bounded['refuse'] = async (jobId, clientKey, bytes = 0) => {
    const outcome: unknown = await submit(jobId, bytes, { clientKey }).catch((error: unknown) => error)
    expect(outcome).toMatchObject({ code: 'QUEUE_FULL', status: 503 })
    expect((outcome as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThanOrEqual(1)
    return outcome as { message: string }
  }
  await use({ jobs, stats: () => queue.stats(), accept, refuse, answers })
  await underTest.dispose?.()
}

/** Lets everything end that was accepted. */
async function finishAll({ jobs, answers, stats }: Bounded): Promise<void> {
  for (let index = 0; index < answers.length; index++) {
    await jobs.untilStarted(index + 1)
    jobs.finish(jobs.started[index] ?? '')
  }
  await Promise.all(answers)
  await expect.poll(() => stats().bytes, PATIENCE).toBe(0)
}

export function boundedJobs(make: MakeQueue): void {
  const withQueue = (bounds: BoundsOptions, use: (queue: Bounded) => Promise<void>): Promise<void> =>
    withQueueOf(make, bounds, use)

  describe('bounds', () => {
    it('leave places to others, however many jobs one client sends', () =>
      withQueue({ capacity: 8, clientShare: 0.5 }, async (queue) => {
        await queue.accept('first', 'nobody else')
        await queue.jobs.untilStarted(1)
        for (const index of [0, 1, 2, 3]) await queue.accept(`a${index}`, 'a')
        expect(await queue.refuse('a4', 'a')).toMatchObject({
          message: expect.stringContaining('Too many of your programs wait') as string,
        })
        for (const index of [0, 1]) await queue.accept(`b${index}`, 'b')
        await queue.refuse('b2', 'b')
        await queue.accept('c0', 'c')
        expect(queue.stats().queued).toBe(7)
        await finishAll(queue)
        await queue.accept('a again', 'a')
        await finishAll(queue)
      }))

    it('leave the last place of ten to another client, with the share that is the default', () =>
      withQueue({ capacity: 10 }, async (queue) => {
        await queue.accept('first', 'nobody else')
        await queue.jobs.untilStarted(1)
        for (let index = 0; index < 9; index++) await queue.accept(`a${index}`, 'a')
        expect((await queue.refuse('a9', 'a')).message).toContain('Too many of your programs')
        await queue.accept('b0', 'b')
        await finishAll(queue)
      }))

    it('count all of a client’s lines together', () =>
      withQueue({ capacity: 4, clientShare: 0.5 }, async (queue) => {
        await queue.accept('first', 'nobody else')
        await queue.jobs.untilStarted(1)
        await queue.accept('awaited', 'a')
        await queue.accept('later', 'a', 0, { priority: 'later' })
        expect((await queue.refuse('too many', 'a')).message).toContain('Too many of your programs')
        await finishAll(queue)
      }))

    it('let one client fill a queue that nobody shares', () =>
      withQueue({ capacity: 3, clientShare: 1 }, async (queue) => {
        await queue.accept('first', 'a')
        await queue.jobs.untilStarted(1)
        for (const index of [0, 1, 2]) await queue.accept(`a${index}`, 'a')
        expect((await queue.refuse('a3', 'a')).message).toContain('the queue is full')
        await finishAll(queue)
      }))

    it('count bytes of all jobs, waiting and running', () =>
      withQueue({ capacity: 100, maxBytes: 100 * KIB, clientShare: 1 }, async (queue) => {
        for (const index of [0, 1, 2, 3]) await queue.accept(`a${index}`, `client ${index}`, 20 * KIB)
        expect((await queue.refuse('too much', 'new', 20 * KIB)).message).toContain('The programs that wait')
        await queue.accept('small', 'new', KIB)
        expect(queue.stats().maxBytes).toBe(100 * KIB)
        await expect.poll(() => queue.stats().bytes, PATIENCE).toBeGreaterThan(81 * KIB)
        await finishAll(queue)
      }))

    it('count bytes of one client, and leave some to others', () =>
      withQueue({ capacity: 100, maxBytes: 100 * KIB, clientShare: 0.5 }, async (queue) => {
        for (const index of [0, 1]) await queue.accept(`a${index}`, 'a', 20 * KIB)
        expect((await queue.refuse('too much', 'a', 20 * KIB)).message).toContain('Your waiting programs')
        await queue.accept('b0', 'b', 20 * KIB)
        await queue.refuse('b1', 'b', 20 * KIB)
        await finishAll(queue)
        await queue.accept('a again', 'a', 20 * KIB)
        await finishAll(queue)
      }))

    it('get back what an aborted job took', () =>
      withQueue({ capacity: 2, maxBytes: 50 * KIB, clientShare: 1 }, async (queue) => {
        const aborter = new AbortController()
        await queue.accept('first', 'a')
        await queue.jobs.untilStarted(1)
        await queue.accept('waiting', 'a', 40 * KIB, { signal: aborter.signal })
        expect((await queue.refuse('no room', 'b', 40 * KIB)).message).toContain('memory')
        const aborted = queue.answers.pop()
        aborter.abort(new Error('client gone'))
        await expect(aborted).rejects.toThrow('client gone')
        await queue.accept('room again', 'b', 40 * KIB)
        await finishAll(queue)
      }))

    it('refuse what would never fit, also when nothing waits', () =>
      withQueue({ capacity: 2, maxBytes: 50 * KIB }, async (queue) => {
        expect((await queue.refuse('giant', 'a', 60 * KIB)).message).toContain('memory')
        await queue.accept('small', 'a', KIB)
        await finishAll(queue)
      }))
  })
}
