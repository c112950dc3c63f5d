/**
 * The queue that many processes share. Its state is in Redis, changed by the scripts of `redis/scripts.ts` alone; this
 * file connects them with the jobs that this process has submitted and those that it runs.
 */
import { randomUUID } from 'node:crypto'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { BoundsOptions, QueueBounds, RefusalReason } from './bounds.js'
import { boundsOf } from './bounds.js'
import type {
  Cancellation,
  JobConsumer,
  JobHandler,
  JobQueue,
  QueueStats,
  RoomBesideSlots,
  SubmitOptions,
} from './job-queue.js'
import { QueueConnection } from './redis/connection.js'
import { RedisConsumer } from './redis/consumer.js'
import { Figures } from './redis/figures.js'
import type { WorkerRecord } from './redis/members.js'
import { Members } from './redis/members.js'
import type { ServerMemory } from './redis/server.js'
import { fittingBytes } from './redis/server.js'
import { Submitter } from './redis/submitter.js'

export type { WorkerRecord } from './redis/members.js'
export type { ServerMemory } from './redis/server.js'

/** All keys of one queue share the braces' content, and with it one slot of a Redis cluster. */
const PREFIX = 'codeexec:{jobs}:'
const BEAT_MS = 1000
const LEASE_MS = 10_000
/** A process that says nothing for so long is gone. Longer than Redis takes to restart. */
const MEMBER_TTL_MS = 15_000
/** Looks for lost jobs at every so many beats. */
const RECONCILE_BEATS = 5

/** All processes should be told the same bounds. Where Redis has less memory, fewer bytes may wait than were set. */
export type RedisQueueOptions = BoundsOptions & {
  readonly url: string
  readonly prefix?: string
  readonly beatMs?: number
  /** A worker that has not renewed its lease for so long has lost the job. */
  readonly leaseMs?: number
  readonly memberTtlMs?: number
  /** Present in workers: what the others should know of this one. */
  readonly describe?: () => Omit<WorkerRecord, 'slots'>
  /** Told when Redis can be reached, and when it cannot any more. */
  readonly onAvailability?: (isUp: boolean) => void
  /** Told of every job that this process submitted how long it waited for a worker. */
  readonly onTaken?: (waitedMs: number) => void
  /** Told why a job of this process was refused. */
  readonly onRefused?: (reason: RefusalReason) => void
  /** Told why the server that was reached cannot be used, in one sentence. */
  readonly onUnusable?: (problem: string) => void
  /** Told when Redis refuses writes because its memory is used up. */
  readonly onOutOfMemory?: () => void
}

export interface RedisQueue extends JobQueue {
  /** Whether Redis can be reached. */
  readonly isUp: boolean
  /** Why the server that was reached cannot be used, in one sentence. */
  readonly problem: string | undefined
  /** Memory of the server as of about a second ago; undefined where it does not say. */
  readonly memory: ServerMemory | undefined
  /** Writes something; rejects with QUEUE_UNAVAILABLE or, where Redis has no memory left, QUEUE_FULL. */
  check(): Promise<void>
  /** Resolves when Redis has answered for the first time, as it should or not, or could not be reached. */
  attempted(): Promise<void>
  /** All workers there are, as of about a second ago. */
  workers(): readonly WorkerRecord[]
  /** Resolves when Redis has been reached for the first time. */
  ready(): Promise<void>
  /** Ends a job that this process or another one has submitted. */
  cancel(jobId: string): Promise<Cancellation>
  unattended(jobIds: readonly string[]): Promise<readonly string[]>
  forget(jobId: string): Promise<void>
  /** Resolves when every job of this process has its answer, or the deadline has ended it. */
  drainSubmitted(deadlineMs: number): Promise<void>
  /** Leaves the queue; what this process has submitted or runs counts as lost. */
  disconnect(): Promise<void>
}

/** Connects in the background, again and again; until it has, jobs are refused with QUEUE_UNAVAILABLE. */
export function createRedisQueue(options: RedisQueueOptions): RedisQueue {
  return new RedisJobQueue(options)
}

class RedisJobQueue implements RedisQueue {
  readonly #member = randomUUID()
  readonly #bounds: QueueBounds
  readonly #leaseMs: number
  readonly #memberTtlMs: number
  readonly #figures = new Figures()
  readonly #connection: QueueConnection
  readonly #members: Members
  readonly #submitter: Submitter
  readonly #consumers = new Set<RedisConsumer>()
  readonly #ready: Promise<void>
  readonly #attempted: Promise<void>
  readonly #timer: NodeJS.Timeout
  #slots = 0
  #beats = 0
  #upSinceMs = 0
  #downSinceMs: number | undefined
  /** The connection is closed from this side. */
  #leaves = false

  constructor(options: RedisQueueOptions) {
    const { url, prefix = PREFIX, describe } = options
    this.#bounds = boundsOf(options)
    this.#leaseMs = options.leaseMs ?? LEASE_MS
    this.#memberTtlMs = options.memberTtlMs ?? MEMBER_TTL_MS
    const connection = new QueueConnection(url, prefix, this.#member)
    this.#connection = connection
    const shared = { connection, member: this.#member, figures: this.#figures }
    this.#members = new Members(connection, {
      ...shared,
      ttlMs: this.#memberTtlMs,
      ...(describe !== undefined && { describe }),
    })
    this.#submitter = new Submitter({
      ...shared,
      bounds: () => this.#currentBounds(),
      slots: () => this.#members.slots,
      onTaken: options.onTaken ?? (() => {}),
      onRefused: options.onRefused ?? (() => {}),
    })
    this.#ready = new Promise((resolve) => {
      connection.on('up', () => {
        options.onAvailability?.(true)
        void this.#resume().then(resolve, () => {})
      })
    })
    this.#attempted = new Promise((resolve) => {
      for (const event of ['up', 'down', 'unusable'] as const) connection.once(event, () => resolve())
    })
    connection.on('unusable', (problem) => options.onUnusable?.(problem))
    connection.on('outOfMemory', () => options.onOutOfMemory?.())
    connection.on('down', () => {
      if (this.#downSinceMs === undefined && !this.#leaves) options.onAvailability?.(false)
      this.#downSinceMs ??= performance.now()
    })
    connection.on('work', (mayGoBeyond) => this.#fill(mayGoBeyond))
    connection.on('news', (news) => this.#submitter.hear(news))
    connection.on('mail', (mail) => {
      this.#figures.update(mail.figures)
      const forWorkers = ['cancel', 'credit', 'input', 'attached'].includes(mail.kind)
      if (!forWorkers) this.#submitter.receive(mail)
      else for (const consumer of this.#consumers) consumer.receive(mail)
    })
    this.#timer = setInterval(() => void this.#beat().catch(() => {}), options.beatMs ?? BEAT_MS)
  }

  get isUp(): boolean {
    return this.#connection.isUp
  }

  get problem(): string | undefined {
    return this.#connection.problem
  }

  get memory(): ServerMemory | undefined {
    return this.#connection.memory
  }

  async check(): Promise<void> {
    await this.#connection.run('check')
  }

  ready(): Promise<void> {
    return this.#ready
  }

  attempted(): Promise<void> {
    return this.#attempted
  }

  submit(request: ExecutionRequest, options: SubmitOptions = {}): Promise<ExecutionResult> {
    return this.#submitter.submit(request, options)
  }

  consume(handler: JobHandler, slots: number, beside: RoomBesideSlots = {}): JobConsumer {
    const offer = (change: number): void => {
      this.#slots += change
      this.#members.offer(this.#slots)
    }
    const consumer = new RedisConsumer(handler, slots, beside, {
      connection: this.#connection,
      member: this.#member,
      leaseMs: this.#leaseMs,
      figures: this.#figures,
      mustFinishOwn: () => this.#submitter.closed && this.#submitter.hasWaiting,
      endOwnWaiting: () => (this.#submitter.closed ? this.#submitter.endWaiting() : Promise.resolve()),
      onTake: (id) => this.#submitter.taken(id),
      onDrained: () => {
        if (this.#consumers.delete(consumer)) offer(-slots)
      },
    })
    this.#consumers.add(consumer)
    offer(slots)
    void consumer.fill()
    return consumer
  }

  stats(): QueueStats {
    return { ...this.#figures.stats(this.#currentBounds()), waitingClients: this.#members.waitingClients }
  }

  workers(): readonly WorkerRecord[] {
    return this.#members.workers
  }

  close(): Promise<void> {
    this.#submitter.closed = true
    return Promise.resolve()
  }

  cancel(jobId: string): Promise<Cancellation> {
    return this.#submitter.cancelForeign(jobId)
  }

  async unattended(jobIds: readonly string[]): Promise<readonly string[]> {
    if (jobIds.length === 0) return []
    const ids = await this.#connection.run<readonly Buffer[]>('unattended', ...jobIds)
    return ids.map(String)
  }

  async forget(jobId: string): Promise<void> {
    await this.#connection.run('forget', jobId)
  }

  drainSubmitted(deadlineMs: number): Promise<void> {
    return this.#submitter.drain(deadlineMs)
  }

  async disconnect(): Promise<void> {
    this.#leaves = true
    clearInterval(this.#timer)
    await this.#connection.close()
  }

  /** As much as was set, where Redis has the memory for it. */
  #currentBounds(): QueueBounds {
    return { ...this.#bounds, maxBytes: fittingBytes(this.#bounds.maxBytes, this.#connection.memory) }
  }

  #fill(mayGoBeyond = true): void {
    for (const consumer of this.#consumers) void consumer.fill(mayGoBeyond)
  }

  async #resume(): Promise<void> {
    this.#upSinceMs = performance.now()
    this.#downSinceMs = undefined
    // A Redis that came back without its data counts from the beginning.
    this.#figures.forget()
    await this.#members.beat()
    for (const consumer of this.#consumers) await consumer.renew()
    await this.#submitter.resume()
    this.#fill()
  }

  async #beat(): Promise<void> {
    if (!this.isUp) {
      const away = this.#downSinceMs === undefined ? 0 : performance.now() - this.#downSinceMs
      if (away > this.#memberTtlMs) this.#submitter.giveUp()
      return
    }
    this.#beats++
    void this.#connection.lookAtMemory()
    await this.#members.beat()
    for (const consumer of this.#consumers) await consumer.renew()
    // Other workers get as long to renew their leases after Redis was away.
    const maySweep = performance.now() - this.#upSinceMs > this.#leaseMs
    if (maySweep) await this.#connection.run('sweep')
    if (this.#beats % RECONCILE_BEATS === 0) await this.#submitter.reconcile()
    this.#fill()
  }
}
