/** Owns the supervisor process: starts it, speaks its protocol, tells everybody concerned when it has died. */
import type { Socket } from 'node:net'
import { SandboxError } from '../../driver.js'
import { EVENT, type FrameEvent, FrameReader, PayloadReader } from './frames.js'
import type { SupervisorRun } from './guard.js'

/** What the supervisor said of itself when it was ready. */
export interface SupervisorInfo {
  readonly cgroupVersion: number
  readonly slots: number
  readonly kernel: string
  /** Why limits of the service's own control group do not bind programs, as one sentence; empty where they do. */
  readonly weakness: string
  readonly pid: number
}

/** Receives the events of one sandbox or image registration. */
export interface EventHandler {
  onEvent(event: FrameEvent): void
  /** The supervisor has died, and everything it ran with it. */
  onLost(error: SandboxError): void
}

const STOP_PATIENCE_MS = 10_000

/** Those above are the supervisor's own. */
const LAST_ID = 0x7fffffff

export class Supervisor {
  readonly #run: SupervisorRun
  readonly #handlers = new Map<number, EventHandler>()
  readonly #reader = new FrameReader()
  #socket: Socket | undefined
  /** What is sent before there is a socket. */
  readonly #early: Uint8Array[] = []
  #nextId = 1
  #pid: number | undefined
  #lost: SandboxError | undefined
  readonly ready: Promise<SupervisorInfo>
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>

  constructor(run: SupervisorRun) {
    this.#run = run
    this.ready = new Promise((resolve, reject) => {
      this.#handlers.set(0, {
        onEvent: (event) => {
          if (event.type !== EVENT.ready) return
          const info = JSON.parse(new PayloadReader(event.payload).string()) as SupervisorInfo
          this.#pid = info.pid
          resolve(info)
        },
        onLost: reject,
      })
    })
    this.ready.catch(() => {})
    this.ended = run.ended.then((how) => this.#lose(how))
    run.socket.then(
      (socket) => this.#use(socket),
      () => {},
    )
  }

  /** Undefined until it is ready. */
  get pid(): number | undefined {
    return this.#pid
  }

  #use(socket: Socket): void {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      try {
        this.#reader.read(chunk, (event) => this.#handlers.get(event.id)?.onEvent(event))
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        // It ends when its socket closes, and takes its sandboxes along.
        socket.destroy()
        this.#lose('the supervisor said what is not of its protocol', error)
      }
    })
    socket.on('error', () => {})
    if (this.#early.length > 0) this.send(this.#early.splice(0))
  }

  get lost(): SandboxError | undefined {
    return this.#lost
  }

  #lose(message: string, cause?: unknown): void {
    if (this.#lost) return
    this.#lost = new SandboxError('supervisor', message, { cause })
    this.#socket?.destroy()
    const handlers = [...this.#handlers.values()]
    this.#handlers.clear()
    for (const handler of handlers) handler.onLost(this.#lost)
  }

  /** Reserves an id; `handler` gets what is about it until `forget`. */
  register(handler: EventHandler): number {
    if (this.#lost) throw this.#lost
    const id = this.#nextId
    // 0 is the supervisor itself; an id is free again long before the counter comes round.
    this.#nextId = this.#nextId === LAST_ID ? 1 : this.#nextId + 1
    this.#handlers.set(id, handler)
    return id
  }

  forget(id: number): void {
    this.#handlers.delete(id)
  }

  /** Writes frames in one system call where they fit. */
  send(pieces: readonly Uint8Array[]): void {
    const socket = this.#socket
    if (this.#lost || socket?.destroyed) return
    if (socket === undefined) {
      this.#early.push(...pieces)
      return
    }
    if (pieces.length === 1) {
      socket.write(pieces[0]!)
      return
    }
    socket.cork()
    for (const piece of pieces) socket.write(piece)
    socket.uncork()
  }

  /** Asks it to end its sandboxes and itself, and waits until it has. */
  async stop(): Promise<void> {
    const patience = setTimeout(() => this.#run.kill(), STOP_PATIENCE_MS)
    this.#run.socket.then(
      (socket) => socket.end(),
      () => {},
    )
    await this.ended
    clearTimeout(patience)
  }
}
