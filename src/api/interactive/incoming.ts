import type { WebSocket } from 'ws'

/** Input that may wait for a program that does not read, before the socket is read no further. */
const HOLD_ABOVE_BYTES = 256 * 1024
/** What a message costs beside its text. */
const MESSAGE_BYTES = 64
/** Messages of one client in one window; more wait in the network for the next, as each costs the service time. */
const MAX_MESSAGES_PER_WINDOW = 500
const WINDOW_MS = 250
/** How often a client is tried whose socket is not read, so that its leaving is noticed all the same. */
const PROBE_MS = 40

/** Holds a client back that says more than its program takes: its socket is not read until there is room again. */
export class Incoming {
  readonly #socket: WebSocket
  #waitingBytes = 0
  #messages = 0
  #window: NodeJS.Timeout | undefined
  #probe: NodeJS.Timeout | undefined
  #released = false

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Whether the client is being held back, and so cannot be heard. */
  get isHeld(): boolean {
    return this.#probe !== undefined
  }

  /** Counts one message. */
  count(): void {
    this.#messages++
    this.#window ??= setTimeout(() => {
      this.#window = undefined
      this.#messages = 0
      this.#decide()
    }, WINDOW_MS)
    this.#decide()
  }

  /** Counts input until it has been taken. */
  add(length: number, taken: Promise<void>): void {
    const bytes = length + MESSAGE_BYTES
    this.#waitingBytes += bytes
    this.#decide()
    void taken.then(() => {
      this.#waitingBytes -= bytes
      this.#decide()
    })
  }

  /** The socket is read to its end, whatever comes. */
  release(): void {
    this.#released = true
    clearTimeout(this.#window)
    this.#decide()
  }

  #decide(): void {
    const tooMuch = this.#waitingBytes > HOLD_ABOVE_BYTES || this.#messages > MAX_MESSAGES_PER_WINDOW
    const hold = tooMuch && !this.#released
    if (hold === this.isHeld) return
    if (hold) {
      this.#socket.pause()
      // Writing is what tells that the other side is gone while nothing is read from it.
      this.#probe = setInterval(() => this.#socket.ping(), PROBE_MS)
    } else {
      clearInterval(this.#probe)
      this.#probe = undefined
      this.#socket.resume()
    }
  }
}
