import type { WebSocket } from 'ws'
import { jsonPieces } from '../bounds/json-pieces.js'
import type { InteractiveMessage } from '../../contract/wire/interactive.js'

/** Bytes that may wait for a slow reader before its program is held back, and at which it goes on. */
const HOLD_ABOVE_BYTES = 256 * 1024
const GO_ON_BELOW_BYTES = 64 * 1024

/** Messages on their way to one client; says when it has had enough for now. */
export class Outgoing {
  readonly #socket: WebSocket
  #roomMade: (() => void) | undefined
  #room: Promise<void> | undefined
  #released = false
  #taken = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Counts messages that have left; standing still means that the client takes nothing. */
  get taken(): number {
    return this.#taken
  }

  /** Each message is written at once; small ones are not collected. */
  send(message: InteractiveMessage): void {
    this.#socket.send(JSON.stringify(message), () => this.#onTaken())
  }

  /**
   * The same for one message of any size, in pieces that are made as the client takes them. Nothing else may be sent
   * until it resolves.
   */
  async sendInPieces(message: InteractiveMessage): Promise<void> {
    for (const piece of jsonPieces(message)) {
      await this.room()
      if (this.#released) return
      this.#socket.send(piece, { fin: false }, () => this.#onTaken())
    }
    this.#socket.send('', { fin: true }, () => this.#onTaken())
  }

  /** A promise while too much is waiting, which resolves when the client has taken most of it. */
  room(): Promise<void> | undefined {
    if (this.#released || this.#socket.bufferedAmount <= HOLD_ABOVE_BYTES) return this.#room
    this.#room ??= new Promise((resolve) => {
      this.#roomMade = resolve
    })
    return this.#room
  }

  /** Nobody listens any more, so nobody is waited for. */
  release(): void {
    this.#released = true
    this.#makeRoom()
  }

  #onTaken(): void {
    this.#taken++
    if (this.#socket.bufferedAmount <= GO_ON_BELOW_BYTES) this.#makeRoom()
  }

  #makeRoom(): void {
    this.#roomMade?.()
    this.#roomMade = undefined
    this.#room = undefined
  }
}
