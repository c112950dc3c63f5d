/** Owns the supervisor process: starts it, speaks its protocol, tells everybody concerned when it has died. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { SandboxError } from '../../driver.js'
import { EVENT, type FrameEvent, FrameReader, PayloadReader } from './frames.js'

export interface SupervisorOptions {
  /** Path of the supervisor program. */
  readonly program: string
  /** Sandboxes that may run at once. */
  readonly slots: number
  /** How many of them may hold sandboxes made ahead. */
  readonly standby: number
  /** Programs of slot N run as this uid and gid plus N. */
  readonly firstUid: number
  /** Receives the supervisor's own messages, one line each. */
  readonly log: (line: string) => void
}

/** What the supervisor said of itself when it was ready. */
export interface SupervisorInfo {
  readonly cgroupVersion: number
  readonly slots: number
  readonly kernel: string
  /** Why limits of the service's own control group do not bind programs, as one sentence; empty where they do. */
  readonly weakness: string
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
  readonly #process: ChildProcess
  readonly #socket: Socket
  readonly #handlers = new Map<number, EventHandler>()
  readonly #reader = new FrameReader()
  #lastLine = ''
  #nextId = 1
  #lost: SandboxError | undefined
  readonly ready: Promise<SupervisorInfo>
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>

  constructor(options: SupervisorOptions) {
    // A session of its own: Ctrl-C at the service's terminal starts its drain and must not end sandboxes before it.
    // An empty environment: nothing of the service's own is there to be found.
    this.#process = spawn(options.program, [options.slots, options.firstUid, options.standby].map(String), {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: {},
      detached: true,
    })
    this.#socket = this.#process.stdio[3] as Socket
    createInterface({ input: this.#process.stderr! }).on('line', (line) => {
      this.#lastLine = line.replace(/^codeexec-supervisor: /, '')
      options.log(this.#lastLine)
    })
    this.ready = new Promise((resolve, reject) => {
      this.#handlers.set(0, {
        onEvent: (event) => {
          if (event.type === EVENT.ready)
            resolve(JSON.parse(new PayloadReader(event.payload).string()) as SupervisorInfo)
        },
        onLost: reject,
      })
    })
    this.ready.catch(() => {})
    this.ended = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        const how = signal ? `was ended by ${signal}` : `ended with code ${code}`
        this.#lose(`the supervisor ${how}${this.#lastLine ? `: ${this.#lastLine}` : ''}`)
        resolve()
      })
      this.#process.once('error', (cause) => {
        this.#lose(`the supervisor could not be started: ${cause.message}`, cause)
        resolve()
      })
    })
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        this.#reader.read(chunk, (event) => this.#handlers.get(event.id)?.onEvent(event))
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        this.#socket.destroy()
        this.#process.kill('SIGKILL')
        this.#lose('the supervisor said what is not of its protocol', error)
      }
    })
    this.#socket.on('error', () => {})
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  get lost(): SandboxError | undefined {
    return this.#lost
  }

  #lose(message: string, cause?: unknown): void {
    if (this.#lost) return
    this.#lost = new SandboxError('supervisor', message, { cause })
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
    if (this.#lost || this.#socket.destroyed) return
    if (pieces.length === 1) {
      this.#socket.write(pieces[0]!)
      return
    }
    this.#socket.cork()
    for (const piece of pieces) this.#socket.write(piece)
    this.#socket.uncork()
  }

  /** Asks it to end its sandboxes and itself, and waits until it has. */
  async stop(): Promise<void> {
    this.#socket.end()
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), STOP_PATIENCE_MS)
    await this.ended
    clearTimeout(patience)
  }
}
