/** A command that is started before its execution exists: opened and run at once, given its task later. */
import { type HeldSandbox, type HeldSpec, type Outcome, type Release, SandboxError } from '../../driver.js'
import { RunningNamespacesCommand, runFrame } from './command.js'
import { EVENT, type FrameEvent, FrameWriter, REQUEST, RUN_FLAG } from './frames.js'
import { openFrame, writeFiles } from './open-frame.js'
import type { Supervisor } from './supervisor.js'

const NO_INPUT = new Uint8Array()
const NOT_WAITING = new SandboxError('held', 'a program started ahead did not wait for its task')

export class HeldNamespacesSandbox implements HeldSandbox {
  readonly started: Promise<void>
  readonly ended: Promise<void>
  readonly #supervisor: Supervisor
  readonly #id: number
  readonly #spec: HeldSpec
  #start!: { resolve: () => void; reject: (error: Error) => void }
  #end!: () => void
  #hasEnded = false
  #released = false
  #cancelled = false
  #running: RunningNamespacesCommand | undefined
  #disposed: Promise<void> | undefined
  #isOver = false
  #tellGone!: () => void
  readonly #gone = new Promise<void>((resolve) => {
    this.#tellGone = resolve
  })

  constructor(supervisor: Supervisor, spec: HeldSpec, image: string) {
    this.#supervisor = supervisor
    this.#spec = spec
    this.started = new Promise((resolve, reject) => {
      this.#start = { resolve, reject }
    })
    this.started.catch(() => {})
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#id = supervisor.register({
      onEvent: (event) => this.#onEvent(event),
      onLost: (error) => {
        this.#running?.lose(error)
        this.#giveUp(error)
        this.#tellGone()
      },
    })
    const command = { ...spec.command, stdin: NO_INPUT, onOutput: () => {} }
    supervisor.send([
      ...openFrame(this.#id, { ...spec, files: [] }, image),
      ...runFrame(this.#id, command, RUN_FLAG.held | RUN_FLAG.last),
    ])
  }

  #onEvent(event: FrameEvent): void {
    if (event.type === EVENT.disposed) {
      this.#supervisor.forget(this.#id)
      this.#tellGone()
    } else if (this.#running) {
      this.#released ||= event.type === EVENT.started
      // Cancelled or lost on the way: in both cases the program has not begun.
      if (!this.#released && event.type === EVENT.exited && !this.#cancelled) this.#running.lose(NOT_WAITING)
      else this.#running.onEvent(event)
    } else if (event.type === EVENT.started) {
      this.#start.resolve()
    } else {
      // It ended, failed, or spoke before it was asked anything: of no use any more.
      this.#giveUp(NOT_WAITING)
    }
  }

  #giveUp(error: SandboxError): void {
    this.#hasEnded = true
    this.#start.reject(error)
    this.#end()
  }

  async release(release: Release, signal?: AbortSignal): Promise<Outcome> {
    if (this.#running || this.#disposed || this.#hasEnded)
      throw new SandboxError('held', 'the program started ahead is gone')
    const { task, files, artefacts, fileSystemBytes, command } = release
    const { limits, stdin } = command
    const running = new RunningNamespacesCommand(
      { id: this.#id, send: (pieces) => this.#supervisor.send(pieces) },
      { ...this.#spec.command, ...command },
    )
    this.#running = running
    const abort = () => {
      this.#cancelled = true
      running.kill()
    }
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const frame = new FrameWriter()
        .u64(limits.wallTimeMs * 1e6)
        .u64(limits.cpuTimeMs * 1e6)
        .u64(limits.memoryBytes)
        .u64(limits.outputBytes)
        .u32(limits.maxProcesses)
        .u32(Math.max(1, Math.round(limits.cpus * 1000)))
        .u32(stdin === 'interactive' ? RUN_FLAG.interactive : 0)
        .u64(fileSystemBytes)
        .bytes(stdin === 'interactive' ? task : Buffer.concat([task, stdin]))
      writeFiles(frame, files, artefacts)
      this.#supervisor.send(frame.finish(REQUEST.release, this.#id))
      if (signal?.aborted) abort()
      return await running.outcome.finally(() => {
        this.#isOver = true
      })
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#release()
    return this.#disposed
  }

  async #release(): Promise<void> {
    if (this.#supervisor.lost) return
    // Once it has ended the supervisor does it unasked.
    if (!this.#isOver) this.#supervisor.send(new FrameWriter().finish(REQUEST.dispose, this.#id))
    await this.#gone
  }
}
