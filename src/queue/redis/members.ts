/** The processes around one queue: each says every second that it is there, and workers say what they can run. */
import type { QueueConnection } from './connection.js'
import type { Figures } from './figures.js'

/** What a worker says of itself. */
export interface WorkerRecord {
  readonly slots: number
  /** Languages it can run, with the versions of their runtimes. */
  readonly languages: readonly { readonly id: string; readonly version: string; readonly hash: string }[]
  /** Languages whose images it is preparing. */
  readonly installing: readonly string[]
  /** Languages whose images are there and in which no program runs. */
  readonly failed?: readonly string[]
}

export interface MembersOptions {
  readonly member: string
  /** After so long without a sign a process counts as gone. */
  readonly ttlMs: number
  readonly figures: Figures
  /** Present in workers. */
  readonly describe?: () => Omit<WorkerRecord, 'slots'>
}

type BeatReply = readonly [Buffer, number, readonly Buffer[], number, number]

export class Members {
  readonly #connection: QueueConnection
  readonly #options: MembersOptions
  #workers: readonly WorkerRecord[] = []
  #slots = 0
  #waitingClients = 0
  #offered: number | undefined

  constructor(connection: QueueConnection, options: MembersOptions) {
    this.#connection = connection
    this.#options = options
  }

  /** All workers there are, as of the last beat. */
  get workers(): readonly WorkerRecord[] {
    return this.#workers
  }

  /** Slots of all workers together. */
  get slots(): number {
    return this.#slots
  }

  /** Clients whose jobs waited at the last beat. */
  get waitingClients(): number {
    return this.#waitingClients
  }

  /** Slots that this process offers from now on. */
  offer(slots: number): void {
    this.#offered = slots
    this.beat().catch(() => {})
  }

  async beat(): Promise<void> {
    const { member, ttlMs, figures, describe } = this.#options
    const slots = this.#offered
    const own = { languages: [], installing: [], ...describe?.(), slots: slots ?? 0 }
    const isWorker = slots !== undefined || describe !== undefined
    const record = isWorker ? [slots ?? 0, JSON.stringify(own)] : []
    const [newest, total, records, waitingClients, bytes] = await this.#connection.run<BeatReply>(
      'beat',
      member,
      ttlMs,
      ...record,
    )
    figures.update(newest.toString())
    figures.bytes = bytes
    this.#slots = total
    this.#waitingClients = waitingClients
    this.#workers = records.map((text) => JSON.parse(text.toString()) as WorkerRecord)
  }
}
