/**
 * How much may wait. Places count jobs that wait; bytes count the requests of jobs that wait or run, for both hold
 * their sources. A client alone gets its share of each, and less where others take part of it too, so that there is
 * room left for one who comes (dynamic thresholds, as switches share their buffers).
 */
import { ServiceError } from '../contract/errors.js'
import type { ExecutionRequest } from '../contract/execution.js'

export interface QueueBounds {
  /** Jobs that may wait; those that run are bounded by their slots. */
  readonly capacity: number
  /** Bytes of the requests of all jobs that wait or run. */
  readonly maxBytes: number
  /** The part of both that a client alone may take up: above 0, at most 1. */
  readonly clientShare: number
}

/** As the makers of queues are given them. */
export type BoundsOptions = Pick<QueueBounds, 'capacity'> & Partial<QueueBounds>

const DEFAULT_MAX_BYTES = 256 * 2 ** 20
const DEFAULT_CLIENT_SHARE = 0.9

export function boundsOf({
  capacity,
  maxBytes = DEFAULT_MAX_BYTES,
  clientShare = DEFAULT_CLIENT_SHARE,
}: BoundsOptions): QueueBounds {
  return { capacity, maxBytes, clientShare }
}

/** How many times as much as is left a client may have; rounded, so that nine times is nine times. */
export function clientAllowance({ clientShare }: QueueBounds): number {
  return clientShare >= 1 ? Number.MAX_SAFE_INTEGER : Number((clientShare / (1 - clientShare)).toPrecision(9))
}

/** Why a job was refused; `memory` where the machine that keeps the queue has none left. */
export type RefusalReason = 'jobs' | 'bytes' | 'client-jobs' | 'client-bytes' | 'memory'

const EXPLANATIONS: Readonly<Record<RefusalReason, string>> = {
  jobs: 'All slots are busy and the queue is full',
  bytes: 'The programs that wait take all the memory there is for them',
  'client-jobs': 'Too many of your programs wait already',
  'client-bytes': 'Your waiting programs take too much memory already',
  memory: 'The queue has no memory left',
}

export function queueFull(reason: RefusalReason, retryAfterSeconds: number): ServiceError {
  const message = `${EXPLANATIONS[reason]}; please try again in ${retryAfterSeconds} s.`
  return new ServiceError('QUEUE_FULL', message, { retryAfterSeconds })
}

interface Holding {
  waiting: number
  bytes: number
}

/** What the jobs of one queue take up, in all and by client. */
export class Occupancy {
  readonly #bounds: QueueBounds
  readonly #allowance: number
  readonly #clients = new Map<string, Holding>()
  #waiting = 0
  #bytes = 0

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds
    this.#allowance = clientAllowance(bounds)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Why a job of so many bytes cannot be held now; undefined when it can. */
  refusal(clientKey: string, bytes: number, mustWait: boolean): RefusalReason | undefined {
    const { capacity, maxBytes } = this.#bounds
    const own = this.#clients.get(clientKey)
    const leftBytes = maxBytes - this.#bytes - bytes
    if (mustWait) {
      const left = capacity - this.#waiting
      if (left <= 0) return 'jobs'
      if ((own?.waiting ?? 0) >= this.#allowance * left) return 'client-jobs'
    }
    // Whoever has most of it is told so.
    if (leftBytes < 0) return (own?.bytes ?? 0) * 2 > this.#bytes ? 'client-bytes' : 'bytes'
    return (own?.bytes ?? 0) + bytes > this.#allowance * leftBytes ? 'client-bytes' : undefined
  }

  /** Counts a job's bytes until its end. */
  hold(clientKey: string, bytes: number): void {
    this.#bytes += bytes
    this.#holding(clientKey).bytes += bytes
  }

  release(clientKey: string, bytes: number): void {
    this.#bytes -= bytes
    this.#holding(clientKey).bytes -= bytes
    this.#forgetIfEmpty(clientKey)
  }

  beginWaiting(clientKey: string): void {
    this.#waiting++
    this.#holding(clientKey).waiting++
  }

  endWaiting(clientKey: string): void {
    this.#waiting--
    this.#holding(clientKey).waiting--
    this.#forgetIfEmpty(clientKey)
  }

  #holding(clientKey: string): Holding {
    let holding = this.#clients.get(clientKey)
    if (holding === undefined) {
      holding = { waiting: 0, bytes: 0 }
      this.#clients.set(clientKey, holding)
    }
    return holding
  }

  #forgetIfEmpty(clientKey: string): void {
    const holding = this.#clients.get(clientKey)
    if (holding?.waiting === 0 && holding.bytes === 0) this.#clients.delete(clientKey)
  }
}

/** What a request costs beside its contents. */
export const REQUEST_OVERHEAD_BYTES = 1024
const TEST_OVERHEAD_BYTES = 256

/** Bytes that a request holds in memory. */
export function requestBytes({ files, stdin, args, tests }: ExecutionRequest): number {
  let bytes = REQUEST_OVERHEAD_BYTES + stdin.byteLength + lengthOf(args)
  for (const { name, content } of files) bytes += name.length + content.byteLength
  for (const test of tests?.cases ?? []) {
    bytes += TEST_OVERHEAD_BYTES + (test.name?.length ?? 0) + (test.expectedOutput?.length ?? 0)
    bytes += (test.stdin?.byteLength ?? 0) + lengthOf(test.args ?? [])
  }
  return bytes
}

function lengthOf(texts: readonly string[]): number {
  let length = 0
  for (const text of texts) length += text.length
  return length
}
