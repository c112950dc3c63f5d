import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { ServiceError } from '../../contract/errors.js'
import { COUNTED_FROM_BYTES, isTooSlow } from '../bounds/body-reader.js'
import type { Budget } from '../bounds/budget.js'

const LOOK_MS = 2000

export interface MessageBytesOptions {
  readonly budget: Budget
  readonly client: string
  /** Whether the service itself does not read the socket just now. */
  readonly isHeld: () => boolean
  /** Why the rest of the message is not to be waited for. */
  readonly onRefused: (error: ServiceError) => void
}

/** Counts messages while they arrive, as bodies of requests are counted, and refuses one that trickles. */
export function boundMessages(socket: WebSocket, connection: Socket, options: MessageBytesOptions): void {
  const message = new ArrivingMessage(options)
  const onData = (chunk: Buffer): void => message.add(chunk.length)
  // Before the library's own listener, which tells of messages while it reads.
  connection.prependListener('data', onData)
  socket.on('message', () => message.end())
  socket.once('close', () => {
    connection.off('data', onData)
    message.end()
  })
}

class ArrivingMessage {
  readonly #options: MessageBytesOptions
  #bytes = 0
  #countedBytes = 0
  #startedMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: MessageBytesOptions) {
    this.#options = options
  }

  add(length: number): void {
    this.#bytes += length
    if (this.#bytes < COUNTED_FROM_BYTES) return
    const { budget, client, onRefused } = this.#options
    const more = this.#bytes - this.#countedBytes
    const refusal = budget.take(client, more)
    if (refusal !== undefined) return onRefused(refusal)
    this.#countedBytes = this.#bytes
    this.#timer ??= this.#watch()
  }

  #watch(): NodeJS.Timeout {
    this.#startedMs = performance.now()
    return setInterval(() => {
      const { isHeld, onRefused } = this.#options
      if (isHeld()) this.#startedMs = performance.now()
      else if (isTooSlow(this.#countedBytes, this.#startedMs)) {
        onRefused(new ServiceError('REQUEST_TIMEOUT', 'The message arrives too slowly'))
      }
    }, LOOK_MS).unref()
  }

  end(): void {
    const { budget, client } = this.#options
    budget.give(client, this.#countedBytes)
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#bytes = 0
    this.#countedBytes = 0
  }
}
