/** The queue of one process. A job that finds a free slot starts within `submit`, without a turn of the event loop. */
import type { ServiceError } from '../contract/errors.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { BoundsOptions, QueueBounds, RefusalReason } from './bounds.js'
import { boundsOf, Occupancy, queueFull, requestBytes } from './bounds.js'
import type {
  JobConsumer,
  JobHandler,
  JobQueue,
  QueueStats,
  RoomBesideSlots,
  SubmitOptions,
} from './job-queue.js'
import { MemoryJob, shuttingDown } from './memory-job.js'
import { PriorityLine } from './priority-line.js'
import { ServiceTime } from './service-time.js'
import { SlotShares } from './slot-shares.js'

export type MemoryQueueOptions = BoundsOptions & {
  /** Monotonic milliseconds. */
  readonly now?: () => number
  /** Told of every job how long it waited for a slot. */
  readonly onTaken?: (waitedMs: number) => void
  /** Told why a job was refused. */
  readonly onRefused?: (reason: RefusalReason) => void
}

export function createMemoryQueue(options: MemoryQueueOptions): JobQueue {
  return new MemoryQueue(options)
}

/** Jobs taken for every job that gets to know its new position: what positions cost each job is bounded by it. */
const RENEWALS_PER_JOB = 8

interface Consumer {
  readonly handler: JobHandler
  readonly shares: SlotShares
  readonly running: Set<MemoryJob>
  draining: boolean
  onIdle: (() => void) | undefined
}

class MemoryQueue implements JobQueue {
  readonly #bounds: QueueBounds
  readonly #occupancy: Occupancy
  readonly #onRefused: (reason: RefusalReason) => void
  readonly #now: () => number
  readonly #onTaken: (waitedMs: number) => void
  readonly #line = new PriorityLine<MemoryJob>()
  readonly #consumers = new Set<Consumer>()
  readonly #serviceTime = new ServiceTime()
  #closed = false
  #running = 0
  #followedWaiting = 0
  #takenSinceRenewal = 0

  constructor(options: MemoryQueueOptions) {
    this.#bounds = boundsOf(options)
    this.#occupancy = new Occupancy(this.#bounds)
    this.#now = options.now ?? (() => performance.now())
    this.#onTaken = options.onTaken ?? (() => {})
    this.#onRefused = options.onRefused ?? (() => {})
  }

  submit(request: ExecutionRequest, options: SubmitOptions = {}): Promise<ExecutionResult> {
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason as Error)
    const { clientKey = '' } = options
    const bytes = requestBytes(request)
    const consumer = this.#consumerFor((shares) => shares.mayStart(clientKey))
    const refusal = this.#refusal(clientKey, bytes, consumer)
    if (refusal !== undefined) return Promise.reject(refusal)
    this.#occupancy.hold(clientKey, bytes)
    return new Promise((resolve, reject) => {
      const settle = {
        resolve: (result: ExecutionResult) => {
          this.#occupancy.release(clientKey, bytes)
          resolve(result)
        },
        reject: (error: unknown) => {
          this.#occupancy.release(clientKey, bytes)
          reject(error)
        },
      }
      const job = new MemoryJob(request, options, settle, () => this.#leave(job))
      job.submittedMs = this.#now()
      options.onAccepted?.()
      if (consumer === undefined) this.#wait(job)
      else this.#start(consumer, job)
    })
  }

  refusal(clientKey: string, bytes = 0): ServiceError | undefined {
    return this.#refusal(clientKey, bytes, this.#consumerFor(hasRoom))
  }

  #refusal(clientKey: string, bytes: number, consumer: Consumer | undefined): ServiceError | undefined {
    if (this.#closed) return shuttingDown()
    const reason = this.#occupancy.refusal(clientKey, bytes, consumer === undefined)
    return reason && this.#full(reason)
  }

  consume(handler: JobHandler, slots: number, beside: RoomBesideSlots = {}): JobConsumer {
    const consumer: Consumer = {
      handler,
      shares: new SlotShares(slots, beside),
      running: new Set(),
      draining: false,
      onIdle: undefined,
    }
    this.#consumers.add(consumer)
    beside.idleRoom?.onRoom(() => {
      consumer.shares.settle()
      this.#fill()
      this.#checkIdle(consumer)
    })
    this.#fill()
    const { shares } = consumer
    return {
      drain: (deadlineMs) => this.#drain(consumer, deadlineMs),
      load: () => ({ busy: shares.busy, idle: shares.idle }),
    }
  }

  stats(): QueueStats {
    const { capacity, maxBytes } = this.#bounds
    const { bytes } = this.#occupancy
    return {
      queued: this.#line.length,
      waitingClients: this.#line.clients,
      running: this.#running,
      capacity,
      bytes,
      maxBytes,
    }
  }

  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }

  #wait(job: MemoryJob): void {
    job.place = this.#line.join(job.clientKey, job, job.priority)
    this.#occupancy.beginWaiting(job.clientKey)
    if (!job.followed) return
    this.#followedWaiting++
    job.tellPosition(this.#line.mostBefore(job.place) + 1)
  }

  /** A waiting job that its submitter gave up. */
  #leave(job: MemoryJob): void {
    if (job.place === undefined) return
    this.#line.leave(job.place)
    this.#noLongerWaiting(job)
  }

  #noLongerWaiting(job: MemoryJob): void {
    job.place = undefined
    this.#occupancy.endWaiting(job.clientKey)
    if (job.followed) this.#followedWaiting--
  }

  #start(consumer: Consumer, job: MemoryJob): void {
    const startedMs = this.#now()
    this.#onTaken(startedMs - job.submittedMs)
    consumer.running.add(job)
    this.#running++
    const { shares } = consumer
    const holding = shares.start(job)
    const onActivity = (isActive: boolean): void => {
      if (shares.setActive(holding, isActive) && !isActive) this.#fill()
    }
    void job.run(consumer.handler, onActivity).then((answer) => {
      this.#serviceTime.record(this.#now() - startedMs)
      consumer.running.delete(job)
      shares.end(holding)
      this.#running--
      answer()
      this.#fill()
      this.#checkIdle(consumer)
    })
  }

  #fill(): void {
    for (const consumer of this.#consumers) {
      for (let job = this.#take(consumer); job !== undefined; job = this.#take(consumer)) {
        this.#noLongerWaiting(job)
        this.#start(consumer, job)
        this.#renewPositions()
      }
    }
  }

  /** The next job for this consumer: of a client below its share, else of any where a slot is free. */
  #take(consumer: Consumer): MemoryJob | undefined {
    const { shares } = consumer
    if (this.#line.length === 0 || !hasRoom(shares) || !this.#mayTake(consumer)) return undefined
    return (
      this.#line.take((clientKey) => shares.mayStartWithinShare(clientKey)) ??
      this.#line.take((clientKey) => shares.mayStart(clientKey))
    )
  }

  #consumerFor(mayStart: (shares: SlotShares) => boolean): Consumer | undefined {
    for (const consumer of this.#consumers) {
      if (mayStart(consumer.shares) && this.#mayTake(consumer)) return consumer
    }
    return undefined
  }

  /** A consumer that drains leaves waiting jobs to the others, where there are any. */
  #mayTake(consumer: Consumer): boolean {
    return !consumer.draining || !this.#hasActiveConsumer()
  }

  #hasActiveConsumer(): boolean {
    for (const consumer of this.#consumers) if (!consumer.draining) return true
    return false
  }

  async #drain(consumer: Consumer, deadlineMs: number): Promise<void> {
    consumer.draining = true
    // A job that nobody will take would wait for ever.
    if (!this.#hasActiveConsumer()) this.#closed = true
    const deadline = setTimeout(() => this.#endAll(consumer), deadlineMs)
    await new Promise<void>((resolve) => {
      const before = consumer.onIdle
      consumer.onIdle = () => {
        before?.()
        resolve()
      }
      this.#checkIdle(consumer)
    })
    clearTimeout(deadline)
  }

  #checkIdle(consumer: Consumer): void {
    const mayHaveMore = this.#line.length > 0 && this.#mayTake(consumer)
    if (!consumer.draining || consumer.running.size > 0 || mayHaveMore) return
    this.#consumers.delete(consumer)
    consumer.onIdle?.()
  }

  #endAll(consumer: Consumer): void {
    if (!this.#hasActiveConsumer()) {
      for (let job = this.#line.take(); job !== undefined; job = this.#line.take()) {
        this.#noLongerWaiting(job)
        job.end(shuttingDown())
      }
    }
    for (const job of consumer.running) job.end(shuttingDown())
    this.#checkIdle(consumer)
  }

  #renewPositions(): void {
    this.#takenSinceRenewal++
    if (this.#followedWaiting === 0 || this.#takenSinceRenewal * RENEWALS_PER_JOB < this.#line.length) return
    this.#takenSinceRenewal = 0
    // Listed first: an observer may cancel its job and change the line.
    Array.from(this.#line.inOrder()).forEach((job, index) => job.tellPosition(index + 1))
  }

  #full(reason: RefusalReason): ServiceError {
    this.#onRefused(reason)
    let slots = 0
    for (const { shares } of this.#consumers) slots += shares.slots
    return queueFull(reason, this.#serviceTime.secondsFor(this.#line.length + 1, slots))
  }
}

function hasRoom({ hasFreeSlot, mayStartBeyond }: SlotShares): boolean {
  return hasFreeSlot || mayStartBeyond
}
