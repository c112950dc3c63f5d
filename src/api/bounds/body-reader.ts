/** Reads bodies of requests: no more bytes at once than the budget has, none that is too large, none that trickles. */
import type { Readable } from 'node:stream'
import { ServiceError } from '../../contract/errors.js'
import type { Budget } from './budget.js'

/** Smaller bodies are bounded by the number of connections alone. */
export const COUNTED_FROM_BYTES = 16 * 1024
/** A body has this time, and a second more for each so many bytes of it that have come. */
const GRACE_MS = 10_000
const LEAST_BYTES_PER_SECOND = 4096
const LOOK_MS = 2000

/** Whether less has come since then than should have by now. */
export function isTooSlow(bytes: number, sinceMs: number): boolean {
  return performance.now() - sinceMs > GRACE_MS + (bytes * 1000) / LEAST_BYTES_PER_SECOND
}

export interface Body {
  readonly stream: Readable
  /** What Content-Length says; undefined where the end is told only when it comes. */
  readonly declaredBytes: number | undefined
  readonly client: string
  /** Told what was taken from the budget for this body, piece by piece; it is the caller's to give back. */
  readonly onTaken: (bytes: number) => void
}

export interface BodyReaderOptions {
  readonly budget: Budget
  readonly maxBytes: number
  readonly tooLarge: () => Error
}

type Done = (error: Error | null, bytes?: Buffer) => void

interface Reading {
  readonly startedMs: number
  receivedBytes: number
  readonly end: Done
}

export class BodyReader {
  readonly #options: BodyReaderOptions
  readonly #readings = new Set<Reading>()
  readonly #timer: NodeJS.Timeout

  constructor(options: BodyReaderOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#endSlow(), LOOK_MS).unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  read(body: Body, done: Done): void {
    const { stream, declaredBytes = 0, client, onTaken } = body
    const { budget, maxBytes, tooLarge } = this.#options
    if (declaredBytes > maxBytes) return done(tooLarge())
    let countedBytes = 0
    const count = (bytes: number): ServiceError | undefined => {
      if (bytes < COUNTED_FROM_BYTES || bytes <= countedBytes) return undefined
      const more = bytes - countedBytes
      const refusal = budget.take(client, more)
      if (refusal !== undefined) return refusal
      countedBytes = bytes
      onTaken(more)
      return undefined
    }
    const refusal = count(declaredBytes)
    if (refusal !== undefined) return done(refusal)

    // Room for the whole where its size is known: the system gives memory only to what is written to, and joining
    // pieces would need it twice.
    const whole = countedBytes > 0 ? Buffer.allocUnsafeSlow(declaredBytes) : undefined
    const pieces: Buffer[] = []
    const onData = (piece: Buffer): void => {
      if (whole === undefined) pieces.push(piece)
      else piece.copy(whole, reading.receivedBytes)
      reading.receivedBytes += piece.length
      if (reading.receivedBytes > maxBytes) reading.end(tooLarge())
      else if (whole === undefined) {
        const late = count(reading.receivedBytes)
        if (late !== undefined) reading.end(late)
      }
    }
    const onEnd = (): void => reading.end(null, whole ?? joined(pieces, reading.receivedBytes))
    const onError = (error: Error): void => reading.end(Object.assign(error, { statusCode: 400 }))
    const reading: Reading = {
      startedMs: performance.now(),
      receivedBytes: 0,
      end: (error, bytes) => {
        if (!this.#readings.delete(reading)) return
        stream.off('data', onData).off('end', onEnd).off('error', onError)
        pieces.length = 0
        done(error, bytes)
      },
    }
    this.#readings.add(reading)
    stream.on('data', onData).on('end', onEnd).on('error', onError).resume()
  }

  #endSlow(): void {
    for (const { receivedBytes, startedMs, end } of this.#readings) {
      if (!isTooSlow(receivedBytes, startedMs)) continue
      end(new ServiceError('REQUEST_TIMEOUT', 'The body of the request arrives too slowly'))
    }
  }
}

function joined(pieces: readonly Buffer[], bytes: number): Buffer {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, bytes)
}
