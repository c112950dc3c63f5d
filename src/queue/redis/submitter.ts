/** The jobs that this process has submitted, and everything that is said to them. */
import { ServiceError } from '../../contract/errors.js'
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'
import type { QueueBounds, RefusalReason } from '../bounds.js'
import { clientAllowance, queueFull } from '../bounds.js'
import { FollowedElsewhere } from '../job-queue.js'
import type { Cancellation, SubmitOptions } from '../job-queue.js'
import { shuttingDown } from '../memory-job.js'
import { ServiceTime } from '../service-time.js'
import { encode } from './codec.js'
import type { Mail, QueueConnection } from './connection.js'
import { queueUnavailable } from './connection.js'
import type { Figures } from './figures.js'
import { cancelledOutcome, decodeOutcome } from './outcome.js'
import { PendingJob } from './pending-job.js'

/** As in the memory queue: what positions cost each job is bounded. */
const RENEWALS_PER_JOB = 8
/** A job that Redis does not know twice in a row is lost; once may be an answer that is on its way. */
const LOST_AFTER_MISSES = 2

export interface SubmitterOptions {
  readonly connection: QueueConnection
  readonly member: string
  readonly bounds: () => QueueBounds
  readonly figures: Figures
  /** Slots of all workers. */
  readonly slots: () => number
  /** Told of every job, when it is taken for the first time, how long it waited. */
  readonly onTaken: (waitedMs: number) => void
  /** Told why a job was refused. */
  readonly onRefused: (reason: RefusalReason) => void
}

type JoinReply = readonly [Buffer, Buffer, number, number, Buffer]

export class Submitter {
  readonly #options: SubmitterOptions
  readonly #jobs = new Map<string, PendingJob>()
  readonly #serviceTime = new ServiceTime()
  /** Given up while Redis was away, and to be cancelled there. */
  readonly #abandoned = new Set<string>()
  #takenSinceRenewal = 0
  #onIdle: (() => void)[] = []
  closed = false

  constructor(options: SubmitterOptions) {
    this.#options = options
  }

  /** Whether jobs of this process wait for somebody to take them. */
  get hasWaiting(): boolean {
    for (const job of this.#jobs.values()) if (job.waiting) return true
    return false
  }

  submit(request: ExecutionRequest, options: SubmitOptions): Promise<ExecutionResult> {
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason as Error)
    if (this.closed) return Promise.reject(shuttingDown())
    const { jobId } = request
    if (this.#jobs.has(jobId)) return Promise.reject(new Error(`job ${jobId} is in the queue already`))
    return new Promise((resolve, reject) => {
      const job = new PendingJob(request, options, {
        say: (kind, body) => void this.#say(jobId, kind, body),
        cancel: () => void this.#cancel(job),
        resolve: (result) => this.#forget(jobId, () => resolve(result)),
        reject: (error) => this.#forget(jobId, () => reject(error)),
      })
      this.#jobs.set(jobId, job)
      void this.#join(job, options.onAccepted ?? (() => {}))
    })
  }

  /** Resolves when no job is left, having ended at the deadline what waited or ran still; durable ones go on. */
  async drain(deadlineMs: number): Promise<void> {
    const deadline = setTimeout(() => this.endAll(), deadlineMs)
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
      this.#checkIdle()
    })
    clearTimeout(deadline)
  }

  /** Ends every job of this process with SHUTTING_DOWN; durable ones are left to whoever attaches to them next. */
  endAll(): void {
    for (const job of this.#jobs.values()) {
      if (job.durable) job.fail(shuttingDown())
      else job.end(shuttingDown())
    }
  }

  /** Resolves when none of this process's jobs waits any more. */
  async endWaiting(): Promise<void> {
    const waiting = Array.from(this.#jobs.values()).filter((job) => job.waiting)
    await Promise.all(
      waiting.map(async (job) => {
        if (job.durable) return job.fail(shuttingDown())
        job.end(shuttingDown())
        return this.#cancel(job)
      }),
    )
  }

  /** A worker has taken this job. */
  taken(id: string): void {
    const job = this.#jobs.get(id)
    if (job === undefined) return
    // A job that comes back from a worker that died is heard of twice.
    if (!job.wasTaken) this.#options.onTaken(performance.now() - job.submittedMs)
    job.wasTaken = true
    job.waiting = false
  }

  /** @param news `version queued running`, and after a take `takes id`. */
  hear(news: string): void {
    this.#options.figures.update(news)
    const [, , , takes, id] = news.split(' ')
    if (takes === undefined || id === undefined) return
    this.taken(id)
    this.#takenSinceRenewal++
    if (this.#takenSinceRenewal * RENEWALS_PER_JOB < this.#jobs.size) return
    this.#takenSinceRenewal = 0
    for (const waiting of Array.from(this.#jobs.values())) waiting.tellPosition(Number(takes))
  }

  receive({ kind, id, body }: Mail): void {
    const job = this.#jobs.get(id)
    if (job === undefined) return
    if (kind === 'started') job.started()
    else if (kind === 'events') job.receiveEvents(body)
    else if (kind === 'taken') job.inputTaken(Number(body.toString()))
    else if (kind === 'outcome') this.#receiveOutcome(job, body)
    else if (kind === 'settled') void this.#collect(job)
    else if (kind === 'removed') job.receiveOutcome(cancelledOutcome(job.request))
  }

  /** Redis is back: what was given up meanwhile is cancelled. */
  async resume(): Promise<void> {
    for (const id of this.#abandoned) {
      await this.#options.connection.run('cancel', id, this.#options.member)
      this.#abandoned.delete(id)
    }
  }

  /** Redis has been away for so long that clients are better off with an answer; durable jobs wait for it. */
  giveUp(): void {
    for (const job of this.#jobs.values()) {
      if (job.durable) continue
      this.#abandoned.add(job.request.jobId)
      job.fail(queueUnavailable())
    }
  }

  /** Finds jobs that a Redis without persistence, or with too little, has lost, or that another process took over. */
  async reconcile(): Promise<void> {
    const asked = Array.from(this.#jobs.values())
    if (asked.length === 0) return
    const { connection, member } = this.#options
    const ids = asked.map((job) => job.request.jobId)
    const states = await connection.run<readonly Buffer[]>('look', member, ...ids)
    for (const [index, job] of asked.entries()) {
      const state = String(states[index])
      job.missed = state === 'ok' ? 0 : job.missed + 1
      if (job.missed < LOST_AFTER_MISSES || !this.#jobs.has(job.request.jobId)) continue
      job.missed = 0
      if (!job.durable) job.fail(queueUnavailable())
      else if (state !== 'elsewhere') await this.#join(job)
      else job.fail(shuttingDown())
    }
  }

  /** Ends a job that another process has submitted. */
  async cancelForeign(id: string): Promise<Cancellation> {
    const { connection, member, figures } = this.#options
    const [state, newest] = await connection.run<readonly [Buffer, Buffer]>('cancel', id, member)
    figures.update(newest.toString())
    return state.toString() as Cancellation
  }

  /** @param onAccepted absent where it was in the queue before and has been lost there: then it is tried until it is. */
  async #join(job: PendingJob, onAccepted?: () => void): Promise<void> {
    const { connection, member, bounds, figures } = this.#options
    const { capacity, maxBytes } = bounds()
    const { request, clientKey, isAwaited, durable, followed, talks } = job
    const flags = `${isAwaited ? '' : 'l'}${durable ? 'd' : ''}${followed ? 'f' : ''}${talks ? 'i' : ''}`
    try {
      const [state, newest, position, takes, outcome] = await connection.run<JoinReply>(
        'join',
        request.jobId,
        clientKey,
        member,
        flags,
        encode(request),
        capacity,
        maxBytes,
        clientAllowance(bounds()),
      )
      figures.update(newest.toString())
      if (state.toString() === 'full')
        return onAccepted && job.fail(this.#full(outcome.toString() as RefusalReason))
      if (state.toString() === 'elsewhere')
        return job.fail(new FollowedElsewhere('another process follows this job'))
      onAccepted?.()
      if (state.toString() === 'finished') this.#receiveOutcome(job, outcome)
      else job.waits(position, takes)
    } catch (error) {
      if (onAccepted === undefined) return
      if (error instanceof ServiceError && error.code === 'QUEUE_FULL') this.#options.onRefused('memory')
      // It may be in the queue or not.
      else this.#abandoned.add(request.jobId)
      job.fail(error)
    }
  }

  async #cancel(job: PendingJob): Promise<void> {
    const { jobId } = job.request
    try {
      const [state, newest] = await this.#options.connection.run<readonly [Buffer, Buffer]>(
        'cancel',
        jobId,
        this.#options.member,
      )
      this.#options.figures.update(newest.toString())
      if (state.toString() === 'removed') job.removed()
    } catch {
      this.#abandoned.add(jobId)
      job.removed()
    }
  }

  async #say(id: string, kind: string, body: string | Buffer): Promise<void> {
    // Lost only with the connection, and a program that hears nothing more ends at its limits.
    await this.#options.connection.run('say', id, kind, body).catch(() => {})
  }

  /** Where this fails the job counts as lost here, and is submitted again, which gives its outcome. */
  async #collect(job: PendingJob): Promise<void> {
    const outcome = await this.#options.connection
      .run<Buffer | null>('collect', job.request.jobId)
      .catch(() => null)
    if (outcome !== null) this.#receiveOutcome(job, outcome)
  }

  #receiveOutcome(job: PendingJob, body: Buffer): void {
    const outcome = decodeOutcome(body, job.request)
    if (outcome.runMs > 0) this.#serviceTime.record(outcome.runMs)
    job.receiveOutcome(outcome)
  }

  #forget(id: string, answer: () => void): void {
    this.#jobs.delete(id)
    answer()
    this.#checkIdle()
  }

  #checkIdle(): void {
    if (this.#jobs.size > 0) return
    for (const resolve of this.#onIdle.splice(0)) resolve()
  }

  #full(reason: RefusalReason): ServiceError {
    const { figures, slots, onRefused } = this.#options
    onRefused(reason)
    return queueFull(reason, this.#serviceTime.secondsFor(figures.queued + 1, slots()))
  }
}
