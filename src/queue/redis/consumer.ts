/** Takes jobs, runs them and keeps their leases. */
import { randomUUID } from 'node:crypto'
import type { ConsumerLoad, JobConsumer, JobHandler, RoomBesideSlots } from '../job-queue.js'
import { shuttingDown } from '../memory-job.js'
import type { Holding } from '../slot-shares.js'
import { SlotShares } from '../slot-shares.js'
import type { Argument, Mail, QueueConnection } from './connection.js'
import type { Figures } from './figures.js'
import type { Outcome } from './outcome.js'
import { encodeOutcome } from './outcome.js'
import type { ScriptName } from './scripts.js'
import type { Tell, Told } from './running-job.js'
import { RunningJob } from './running-job.js'

const RETRY_MS = 100

export interface ConsumerOptions {
  readonly connection: QueueConnection
  readonly member: string
  readonly leaseMs: number
  readonly figures: Figures
  /** Whether jobs should be taken although this consumer drains: this process stops and its own still wait. */
  readonly mustFinishOwn: () => boolean
  /** Ends what waits of this process's own, at the deadline. */
  readonly endOwnWaiting: () => Promise<void>
  /** A job was taken. */
  readonly onTake: (id: string) => void
  /** It has drained: it offers no slots any more. */
  readonly onDrained: () => void
}

type TakeReply = readonly [Buffer, Buffer, Buffer, Buffer, Buffer]

export class RedisConsumer implements JobConsumer {
  readonly #handler: JobHandler
  readonly #shares: SlotShares
  readonly #idleRoom: RoomBesideSlots['idleRoom']
  readonly #options: ConsumerOptions
  readonly #running = new Map<string, RunningJob>()
  readonly #jobs = new Map<Holding, RunningJob>()
  /** Mail that came before the answer to the take it belongs to; forgotten after two beats. */
  #early: Mail[] = []
  #earlier: Mail[] = []
  #filling = false
  #again = false
  #beyond = false
  #draining = false
  /** The drain's deadline has passed. */
  #pastDeadline = false
  #onIdle: (() => void)[] = []

  constructor(handler: JobHandler, slots: number, beside: RoomBesideSlots, options: ConsumerOptions) {
    this.#handler = handler
    this.#shares = new SlotShares(slots, beside)
    this.#idleRoom = beside.idleRoom
    this.#options = options
    this.#idleRoom?.onRoom(() => this.#settle())
  }

  load(): ConsumerLoad {
    return { busy: this.#shares.busy, idle: this.#shares.idle }
  }

  /** Takes as many jobs as there are free slots, and beyond them what clients below their share have. */
  async fill(beyond = true): Promise<void> {
    this.#again = true
    this.#beyond ||= beyond
    if (this.#filling) return
    this.#filling = true
    try {
      while (this.#again) {
        this.#again = false
        const mayGoBeyond = this.#beyond
        this.#beyond = false
        while (this.#mayTake(mayGoBeyond) && (await this.#take()));
      }
    } catch {
      // Redis is away; when it is back it says so.
    } finally {
      this.#filling = false
      this.#checkIdle()
    }
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true
    let ownEnded: Promise<void> | undefined
    const deadline = setTimeout(() => {
      this.#pastDeadline = true
      for (const job of this.#running.values()) job.end(shuttingDown())
      ownEnded = this.#options.endOwnWaiting()
      this.#checkIdle()
    }, deadlineMs)
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
      void this.fill()
    })
    clearTimeout(deadline)
    await ownEnded
    this.#options.onDrained()
  }

  receive(mail: Mail): void {
    const job = this.#running.get(mail.id)
    if (job === undefined) this.#early.push(mail)
    else job.receive(mail.kind, mail.body)
  }

  async renew(): Promise<void> {
    this.#earlier = this.#early
    this.#early = []
    const jobs = Array.from(this.#running.values())
    if (jobs.length === 0) return
    const { connection, leaseMs } = this.#options
    const holdings = jobs.flatMap(({ id, token }) => [id, token])
    const answers = await connection.run<readonly Buffer[]>('renew', leaseMs, ...holdings)
    answers.forEach((answer, index) => {
      const job = jobs[index]
      // One that has just ended has no lease any more, and needs none.
      if (job !== undefined && this.#running.get(job.id) === job) job.renewed(answer.toString())
    })
  }

  #mayTake(mayGoBeyond: boolean): boolean {
    const { hasFreeSlot, hasRoomBeyond } = this.#shares
    const hasRoom = (hasFreeSlot || (mayGoBeyond && hasRoomBeyond)) && this.#options.connection.isUp
    return hasRoom && !this.#pastDeadline && (!this.#draining || this.#options.mustFinishOwn())
  }

  async #take(): Promise<boolean> {
    const { connection, member, leaseMs, figures, onTake } = this.#options
    const token = randomUUID()
    const [id, newest, payload, flags, client] = await connection.run<TakeReply>(
      'take',
      token,
      member,
      leaseMs,
      this.#shares.hasFreeSlot ? '1' : '0',
      ...(this.#idleRoom?.closedTo() ?? []),
    )
    figures.update(newest.toString())
    if (id.length === 0) return false
    const jobId = id.toString()
    const tell: Tell = (kind, shown, body) =>
      this.#insist<Buffer>(jobId, 'tell', jobId, token, kind, shown ? '1' : '0', body).then(
        (told) => (told?.toString() ?? 'lost') as Told,
      )
    const job = new RunningJob(token, flags.toString(), payload, tell)
    // A job that was taken away from this worker and came back to it while its first attempt is still being ended.
    this.#running.get(jobId)?.lose()
    this.#running.set(jobId, job)
    const holding = this.#shares.start({ clientKey: client.toString(), memoryBytes: job.memoryBytes })
    this.#jobs.set(holding, job)
    onTake(jobId)
    for (const mail of [...this.#earlier, ...this.#early])
      if (mail.id === jobId) job.receive(mail.kind, mail.body)
    void this.#runToEnd(job, holding)
    return true
  }

  async #runToEnd(job: RunningJob, holding: Holding): Promise<void> {
    const outcome = await job.run(this.#handler, (isActive) => {
      if (this.#shares.setActive(holding, isActive)) void this.#tellActivity(job, isActive)
    })
    await this.#hand(job, outcome)
    this.#jobs.delete(holding)
    this.#shares.end(holding)
    if (this.#running.get(job.id) === job) this.#running.delete(job.id)
    await this.fill()
  }

  /** A program has given its slot back, or has taken one again. */
  async #tellActivity(job: RunningJob, isActive: boolean): Promise<void> {
    await this.#insist(job.id, 'activity', job.id, job.token, isActive ? '1' : '0')
    if (!isActive) await this.fill()
  }

  #settle(): void {
    for (const holding of this.#shares.settle()) {
      const job = this.#jobs.get(holding)
      if (job !== undefined) void this.#tellActivity(job, false)
    }
    void this.fill()
  }

  async #hand(job: RunningJob, outcome: Outcome): Promise<void> {
    if (job.isLost) return
    const { id, token } = job
    const newest =
      job.durable && job.wasEnded && 'error' in outcome
        ? await this.#insist<Buffer>(id, 'giveBack', id, token)
        : await this.#insist<Buffer>(id, 'finish', id, token, encodeOutcome(outcome))
    if (newest !== undefined && newest.length > 0) this.#options.figures.update(newest.toString())
  }

  /** Tries until Redis answers, for as long as this worker has the job; undefined when it has not. */
  async #insist<T>(id: string, name: ScriptName, ...args: readonly Argument[]): Promise<T | undefined> {
    for (;;) {
      try {
        return await this.#options.connection.run<T>(name, ...args)
      } catch {
        const job = this.#running.get(id)
        if (job === undefined || job.isLost || this.#pastDeadline) return undefined
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  #checkIdle(): void {
    if (!this.#draining || this.#running.size > 0 || this.#filling) return
    for (const resolve of this.#onIdle.splice(0)) resolve()
  }
}
