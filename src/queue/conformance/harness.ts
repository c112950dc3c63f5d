/** What the cases of every queue are made of: jobs that go on until the test lets them. */
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'
import type { Limits } from '../../contract/limits.js'
import type { QueueBounds } from '../bounds.js'
import type { JobConsumer, JobContext, JobHandler, JobQueue, SubmitOptions } from '../job-queue.js'

export type MakeQueue = (capacity: number, bounds?: Partial<QueueBounds>) => Promise<QueueUnderTest>

export interface QueueUnderTest {
  readonly queue: JobQueue
  /** Releases what the queue holds outside this process. */
  dispose?(): Promise<void>
}

/** Jobs that may wait in the queue that each case gets. */
export const CAPACITY = 8
/** Never reached. */
export const LONG_MS = 3_600_000

const LIMITS: Limits = {
  wallTimeMs: 1,
  cpuTimeMs: 2,
  memoryBytes: 3,
  maxProcesses: 4,
  outputBytes: 5,
  fileSizeBytes: 6,
}

export function requestOf(jobId: string, stdin = Uint8Array.from([0, 128, 13])): ExecutionRequest {
  return {
    jobId,
    language: 'fake',
    files: [{ name: 'ü/main.txt', content: Uint8Array.from([0, 255, 10]) }],
    entryPoint: 'ü/main.txt',
    stdin,
    args: ['', 'ż'],
    limits: { compile: LIMITS, run: LIMITS },
    cpus: 0.5,
  }
}

export function resultOf(jobId: string, status: ExecutionResult['status'] = 'succeeded'): ExecutionResult {
  return { jobId, language: 'fake', version: '1.0', status, errorMessage: null, compile: null, run: null }
}

/** A handler whose jobs go on until the test lets them end. */
export class HeldJobs {
  readonly started: string[] = []
  readonly requests: ExecutionRequest[] = []
  readonly contexts = new Map<string, JobContext>()
  running = 0
  mostRunning = 0
  readonly #finish = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  readonly #waiters: { count: number; resolve: () => void }[] = []

  readonly handler: JobHandler = async (request, context) => {
    this.started.push(request.jobId)
    this.requests.push(request)
    this.contexts.set(request.jobId, context)
    this.mostRunning = Math.max(this.mostRunning, ++this.running)
    const finished = new Promise<void>((resolve, reject) => {
      this.#finish.set(request.jobId, { resolve, reject })
      context.signal.addEventListener('abort', () => resolve())
    })
    for (const waiter of this.#waiters) if (this.started.length >= waiter.count) waiter.resolve()
    try {
      await finished
    } finally {
      this.running--
    }
    return resultOf(request.jobId, context.signal.aborted ? 'cancelled' : 'succeeded')
  }

  finish(jobId: string): void {
    this.#finish.get(jobId)?.resolve()
  }

  fail(jobId: string, error: Error): void {
    this.#finish.get(jobId)?.reject(error)
  }

  /** Waits until so many jobs have started since the beginning. */
  async untilStarted(count: number): Promise<void> {
    if (this.started.length >= count) return
    await new Promise<void>((resolve) => {
      this.#waiters.push({ count, resolve })
    })
  }
}

/** One queue and the jobs that a case puts into it. */
export class QueueBench {
  readonly queue: JobQueue
  readonly jobs = new HeldJobs()
  /** Makes another queue; the case disposes of it. */
  readonly make: MakeQueue

  constructor(queue: JobQueue, make: MakeQueue) {
    this.queue = queue
    this.make = make
  }

  submit(jobId: string, options?: SubmitOptions): Promise<ExecutionResult> {
    return this.queue.submit(requestOf(jobId), options)
  }

  /** One slot, taken by a job named `first` of a client of its own. */
  async withBusySlot(): Promise<{ consumer: JobConsumer; first: Promise<ExecutionResult> }> {
    const consumer = this.queue.consume(this.jobs.handler, 1)
    const first = this.submit('first', { clientKey: 'nobody else' })
    await this.jobs.untilStarted(1)
    return { consumer, first }
  }

  /** Lets so many jobs end one after another, each when it has started. */
  async finishInOrder(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      await this.jobs.untilStarted(index + 1)
      this.jobs.finish(this.jobs.started[index] ?? '')
    }
  }
}
