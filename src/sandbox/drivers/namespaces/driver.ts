/** The `namespaces` driver: sandboxes made by the native supervisor, without any container engine. */
import {
  type DriverReport,
  type HeldSandbox,
  type HeldSpec,
  type Sandbox,
  type SandboxDriver,
  SandboxError,
  type SandboxSpec,
} from '../../driver.js'
import { EVENT, FrameWriter, PayloadReader, REQUEST } from './frames.js'
import { SupervisorGuard } from './guard.js'
import { HeldNamespacesSandbox } from './held.js'
import { probeHost } from './probe.js'
import { longestTurnMs } from './longest-turn.js'
import { NamespacesSandbox } from './sandbox.js'
import { Supervisor, type SupervisorInfo } from './supervisor.js'
import { countStart, type WarmCommand, type WarmCounts, warmFrame } from './warm.js'

const DRIVER = 'namespaces'
const DEFAULT_FIRST_UID = 900_000
const DEFAULT_RENEWAL_MS = 600_000
/** Small enough to restart at once after a crash, large enough not to spin when it cannot start at all. */
const RESTART_PAUSE_MS = 500

export interface NamespacesDriverOptions {
  /** Path of the supervisor program. */
  readonly program: string
  /** Sandboxes that may run at once; a few more are prepared, so that cleaning never keeps a request waiting. */
  readonly slots: number
  /** Sandboxes that may stand ready, in addition, for what is asked for next; none unless given. */
  readonly standby?: number
  readonly firstUid?: number
  /** Longest that programs are made by the same fork server; ten minutes unless given. */
  readonly renewalMs?: number
  /** Finds an image: its layers as host directories, topmost first, and a name that changes when they do. */
  readonly image: (id: string) => { readonly name: string; readonly layers: readonly string[] } | undefined
  /** The command of an image whose starts are prepared by a fork server; none where it is not given. */
  readonly warm?: (imageId: string) => WarmCommand | undefined
  readonly log?: (line: string) => void
  /** Called when what starts supervisors has ended unasked, and this process is not root and cannot start another. */
  readonly onGuardLost?: () => void
}

export type { WarmCommand, WarmCounts } from './warm.js'

/** The driver, with what its owner may want to know of the supervisor behind it. */
export interface NamespacesDriver extends SandboxDriver {
  /** Starts the supervisor ahead of the first sandbox. Rejects with SandboxError when it cannot start. */
  start(): Promise<SupervisorInfo>
  /** Process id of the running supervisor; undefined while there is none. */
  readonly supervisorPid: number | undefined
  /** What the last supervisor that started said of itself. */
  readonly supervisorInfo: SupervisorInfo | undefined
  /** How often another supervisor had to be started because one had ended. */
  readonly supervisorRestarts: number
  /**
   * The longest time for which the supervisor attended to one thing, and so to nothing else, in the last minute or two;
   * at least as long as its answer took. Undefined while none runs.
   */
  supervisorLongestTurnMs(): Promise<number | undefined>
  /** Prepares images, and the fork servers of their commands, ahead of the first sandbox. */
  prepare(imageIds: readonly string[]): Promise<void>
  /** By image, how many commands that may start warm did, and how many did not. */
  readonly warmCounts: ReadonlyMap<string, WarmCounts>
  /** By image, how many first commands found their sandbox ready, and how many did not; empty where none are kept. */
  readonly standbyCounts: ReadonlyMap<string, WarmCounts>
}

export function createNamespacesDriver(options: NamespacesDriverOptions): NamespacesDriver {
  return new Driver(options)
}

class Driver implements NamespacesDriver {
  readonly name = DRIVER
  readonly #standby: number
  #guard: SupervisorGuard | undefined
  readonly #options: NamespacesDriverOptions
  #supervisor: Supervisor | undefined
  #images = new Map<string, Promise<void>>()
  #info: SupervisorInfo | undefined
  #startedAt = 0
  #starts = 0
  readonly #prepared = new Set<string>()
  readonly #warmCounts = new Map<string, WarmCounts>()
  readonly #standbyCounts = new Map<string, WarmCounts>()
  #closed = false

  constructor(options: NamespacesDriverOptions) {
    this.#options = options
    this.#standby = options.standby ?? 0
  }

  get supervisorPid(): number | undefined {
    return this.#supervisor?.lost === undefined ? this.#supervisor?.pid : undefined
  }

  get supervisorInfo(): SupervisorInfo | undefined {
    return this.#info
  }

  get supervisorRestarts(): number {
    return Math.max(0, this.#starts - 1)
  }

  async supervisorLongestTurnMs(): Promise<number | undefined> {
    const supervisor = this.#supervisor
    return supervisor && longestTurnMs(supervisor).catch(() => undefined)
  }

  get warmCounts(): ReadonlyMap<string, WarmCounts> {
    return this.#warmCounts
  }

  get standbyCounts(): ReadonlyMap<string, WarmCounts> {
    return this.#standbyCounts
  }

  async prepare(imageIds: readonly string[]): Promise<void> {
    const supervisor = this.#running()
    await supervisor.ready
    await Promise.all(imageIds.map((id) => this.#register(supervisor, id)))
  }

  start(): Promise<SupervisorInfo> {
    return this.#running().ready
  }

  #running(): Supervisor {
    if (this.#closed) throw new SandboxError('supervisor', 'the driver is closed')
    const current = this.#supervisor
    if (current && !current.lost) return current
    if (current?.lost && Date.now() - this.#startedAt < RESTART_PAUSE_MS) throw current.lost
    this.#startedAt = Date.now()
    this.#images = new Map()
    this.#starts++
    const supervisor = new Supervisor(this.#guarded().start())
    this.#supervisor = supervisor
    supervisor.ready.then(
      (info) => (this.#info = info),
      () => {},
    )
    this.#replaceWhenItEnds(supervisor)
    // What was there before a crash is there again before somebody asks for it.
    if (this.#prepared.size > 0) this.prepare([...this.#prepared]).catch(() => {})
    return supervisor
  }

  /** Only root can start another one once it has ended. */
  #guarded(): SupervisorGuard {
    if (this.#guard?.hasEnded === false) return this.#guard
    const { program, slots, firstUid = DEFAULT_FIRST_UID, renewalMs = DEFAULT_RENEWAL_MS } = this.#options
    const { log = () => {} } = this.#options
    this.#guard = new SupervisorGuard({
      program,
      slots: slots + Math.min(slots, 4) + this.#standby,
      standby: this.#standby,
      firstUid,
      renewalMs,
      log,
    })
    void this.#guard.ended.then(() => {
      if (!this.#closed && process.getuid?.() !== 0) this.#options.onGuardLost?.()
    })
    return this.#guard
  }

  /** At once and not with the next sandbox: a service without one counts as not ready and gets no requests. */
  #replaceWhenItEnds(supervisor: Supervisor): void {
    const restart = (): void => {
      if (!this.#closed && this.#supervisor === supervisor) this.#running()
    }
    // One that never became ready is tried again only when somebody wants a sandbox.
    supervisor.ready
      .then(() => supervisor.ended)
      .then(
        () => setTimeout(restart, RESTART_PAUSE_MS).unref(),
        () => {},
      )
  }

  /** Makes an image known to the supervisor, once; resolves with its name. */
  async #register(supervisor: Supervisor, id: string): Promise<string> {
    const image = this.#options.image(id)
    if (!image) throw new SandboxError('image', `no image for ${id}`)
    let registered = this.#images.get(image.name)
    if (!registered) {
      registered = registerImage(supervisor, image.name, image.layers)
      this.#images.set(image.name, registered)
      registered.then(
        () => this.#warm(supervisor, id, image.name),
        () => this.#images.delete(image.name),
      )
    }
    await registered
    return image.name
  }

  #warm(supervisor: Supervisor, id: string, imageName: string): void {
    this.#prepared.add(id)
    const command = this.#options.warm?.(id)
    if (command) supervisor.send(warmFrame(imageName, command))
  }

  async open(spec: SandboxSpec): Promise<Sandbox> {
    const supervisor = this.#running()
    const imageName = await this.#register(supervisor, spec.image)
    return new NamespacesSandbox(supervisor, spec, imageName, {
      warm: (warm) => countStart(this.#warmCounts, spec.image, warm),
      ready: (ready) => {
        if (this.#standby > 0) countStart(this.#standbyCounts, spec.image, ready)
      },
    })
  }

  async hold(spec: HeldSpec): Promise<HeldSandbox> {
    const supervisor = this.#running()
    const imageName = await this.#register(supervisor, spec.image)
    return new HeldNamespacesSandbox(supervisor, spec, imageName)
  }

  async probe(): Promise<DriverReport> {
    const checks = await probeHost(this.#options.program)
    return { driver: DRIVER, usable: checks.every((check) => check.ok || !check.required), checks }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#supervisor?.stop()
    await this.#guard?.close()
  }
}

function registerImage(supervisor: Supervisor, name: string, layers: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const id = supervisor.register({
      onEvent: (event) => {
        supervisor.forget(id)
        const problem =
          event.type === EVENT.image ? new PayloadReader(event.payload).string() : 'unexpected answer'
        if (problem) reject(new SandboxError('image', `image ${name} cannot be prepared: ${problem}`))
        else resolve()
      },
      onLost: reject,
    })
    const frame = new FrameWriter().string(name).u32(layers.length)
    for (const layer of layers) frame.string(layer)
    supervisor.send(frame.finish(REQUEST.image, id))
  })
}
