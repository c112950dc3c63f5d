/** One sandbox of the supervisor: its commands one after the other, and its end. */
import type { Artefact } from '../../../contract/execution.js'
import {
  CANCELLED,
  type Command,
  type Outcome,
  type Sandbox,
  SandboxError,
  type SandboxSpec,
} from '../../driver.js'
import { decodeArtefacts } from './artefacts.js'
import { RunningNamespacesCommand, runFrame } from './command.js'
import { EVENT, type FrameEvent, FrameWriter, REQUEST, RUN_FLAG } from './frames.js'
import { openFrame } from './open-frame.js'
import type { Supervisor } from './supervisor.js'

/** Told of each command that might have found something prepared, whether it did. */
export interface StartCounter {
  warm(hit: boolean): void
  ready(hit: boolean): void
}

/** A sandbox in the supervisor, which makes it with its first command. */
export class NamespacesSandbox implements Sandbox {
  readonly #supervisor: Supervisor
  readonly #id: number
  readonly #count: StartCounter
  /** Sent together with the first command: one write, one round trip. */
  #openFrame: readonly Uint8Array[] | undefined
  #current: RunningNamespacesCommand | undefined
  #disposed: Promise<void> | undefined
  /** The supervisor disposes of it when its command ends. */
  #endsItself = false
  #tellGone!: () => void
  readonly #gone = new Promise<void>((resolve) => {
    this.#tellGone = resolve
  })
  #tellArtefacts: ((artefacts: readonly Artefact[] | undefined) => void) | undefined

  constructor(supervisor: Supervisor, spec: SandboxSpec, image: string, count: StartCounter) {
    this.#supervisor = supervisor
    this.#count = count
    this.#id = supervisor.register({
      onEvent: (event) => this.#onEvent(event),
      onLost: (error) => {
        this.#current?.lose(error)
        this.#tellArtefacts?.(undefined)
        this.#tellGone()
      },
    })
    this.#openFrame = openFrame(this.#id, spec, image)
  }

  #onEvent(event: FrameEvent): void {
    if (event.type === EVENT.disposed) {
      this.#supervisor.forget(this.#id)
      this.#tellGone()
      return
    }
    if (event.type === EVENT.artefacts) {
      const artefacts = decodeArtefacts(event.payload)
      this.#tellArtefacts?.(artefacts)
    } else this.#current?.onEvent(event)
  }

  async run(command: Command, signal?: AbortSignal): Promise<Outcome> {
    if (this.#current) throw new SandboxError('run', 'a sandbox runs one command at a time')
    if (this.#disposed || this.#endsItself) throw new SandboxError('run', 'the sandbox has been disposed of')
    if (this.#supervisor.lost) throw this.#supervisor.lost
    if (signal?.aborted) return CANCELLED
    const running = new RunningNamespacesCommand(
      { id: this.#id, send: (pieces) => this.#supervisor.send(pieces) },
      command,
    )
    this.#current = running
    const abort = () => running.kill()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const frame = runFrame(this.#id, command, command.last ? RUN_FLAG.last : 0)
      const mayBeReady = this.#openFrame !== undefined && !command.tty && !command.ephemeral
      this.#supervisor.send(this.#openFrame ? [...this.#openFrame, ...frame] : frame)
      this.#openFrame = undefined
      this.#endsItself = command.last === true
      const outcome = await running.outcome
      if (command.warm) this.#count.warm(running.startedWarm)
      if (mayBeReady) this.#count.ready(running.wasReady)
      return outcome
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#current = undefined
    }
  }

  artefacts(mostBytes: number): Promise<readonly Artefact[] | undefined> {
    // The supervisor makes a sandbox with its first command.
    if (this.#openFrame || this.#current || this.#disposed || this.#endsItself || this.#supervisor.lost)
      return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#tellArtefacts = resolve
      this.#supervisor.send(new FrameWriter().u64(mostBytes).finish(REQUEST.artefacts, this.#id))
    })
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#release()
    return this.#disposed
  }

  async #release(): Promise<void> {
    if (this.#openFrame || this.#supervisor.lost) {
      this.#supervisor.forget(this.#id)
      return
    }
    if (!this.#endsItself || this.#current)
      this.#supervisor.send(new FrameWriter().finish(REQUEST.dispose, this.#id))
    await this.#gone
  }
}
