/** Refuses executions while the machine itself is short of memory: a program that runs then would take others with it. */
import { ServiceError } from '../contract/errors.js'

export interface MemoryReserveOptions {
  /** Refuse while less than this is available; 0 refuses never. */
  readonly reserveBytes: number
  /** Bytes that can be had without swapping, as the service's own control group allows. */
  readonly availableBytes: () => number
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

export interface MemoryReserve {
  readonly isKept: () => boolean
  /** Throws SANDBOX_UNAVAILABLE while memory is short. */
  readonly require: () => void
}

/** Reading the figure costs a few system calls; memory does not run out faster than this by programs within limits. */
const READ_EVERY_MS = 200
const RETRY_AFTER_SECONDS = 5

export function createMemoryReserve(options: MemoryReserveOptions): MemoryReserve {
  const { reserveBytes, availableBytes, now = () => performance.now() } = options
  let readAtMs = Number.NEGATIVE_INFINITY
  let lastBytes = 0

  const isKept = (): boolean => {
    if (reserveBytes === 0) return true
    if (now() - readAtMs >= READ_EVERY_MS) {
      readAtMs = now()
      lastBytes = availableBytes()
    }
    return lastBytes >= reserveBytes
  }

  return {
    isKept,
    require() {
      if (isKept()) return
      throw new ServiceError(
        'SANDBOX_UNAVAILABLE',
        'The server is short of memory just now and the program has not run; please try again in a moment.',
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      )
    },
  }
}
