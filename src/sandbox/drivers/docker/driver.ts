/** The `docker` driver: sandboxes made of hardened single-use containers of a Docker Engine. */
import { randomUUID } from 'node:crypto'
import type Docker from 'dockerode'
import type { DriverReport, Sandbox, SandboxDriver, SandboxSpec } from '../../driver.js'
import { SandboxError } from '../../driver.js'
import { AgentContainer } from './agent-container.js'
import { containerName } from './container-options.js'
import type { EngineAddress } from './engine.js'
import { connectEngine, engineError } from './engine.js'
import { ContainerPool } from './pool.js'
import type { PoolCounts } from './pool.js'
import { UNCOUNTED, isCounted, probeEngine } from './probe.js'
import { Removals } from './removals.js'
import { DockerSandbox } from './sandbox.js'
import type { ContainerShape } from './shape.js'
import { shapeOf } from './shape.js'
import { sweepContainers } from './sweep.js'

const DRIVER = 'docker'
/** Programs' uids, one container after the other, so that what the kernel counts per user is not shared. */
const FIRST_UID = 900_000
const UID_COUNT = 128
const AGE_INTERVAL_MS = 60_000
const POOL_IDLE_MS = 15 * 60_000
/** What the engine gets to remove the last containers when the driver closes. */
const CLOSE_DEADLINE_MS = 3000
const EXECUTION_ID = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$/u

export interface DockerDriverOptions extends EngineAddress {
  /** OCI runtime by the name the engine knows it by; its default when undefined. */
  readonly runtime: string | undefined
  /** Containers that may wait for their command at once. */
  readonly pool: number
  /** Name of a language's image in the engine, or undefined while there is none. */
  readonly image: (id: string) => string | undefined
  /** Image whose container shows what the engine enforces; any of ours. */
  readonly probeImage?: () => string | undefined
  readonly log?: (line: string) => void
}

/** What a request is going to need, as far as it is known. */
export type ExpectedCommand = Pick<SandboxSpec, 'image' | 'files' | 'fileSystemBytes'> & {
  readonly limits: Parameters<typeof shapeOf>[2]
}

export interface DockerDriver extends SandboxDriver {
  /** Removes what an earlier process left. Rejects with SandboxError where no engine answers, or a limit would not hold. */
  start(): Promise<void>
  /** Has containers ready for such commands. */
  expect(command: ExpectedCommand, count: number): void
  /** Whether the engine answered when it was last needed. */
  readonly isUp: boolean
  /** Containers by what they do. */
  readonly figures: ContainerPool<AgentContainer>['figures']
  /** By language: containers that wait, commands that found one, and those that had to wait for one. */
  readonly poolCounts: ReadonlyMap<string, PoolCounts>
  /** Containers that the engine would not remove at the first attempt; tried again until they are gone. */
  readonly stuckContainers: number
  /** Resolves when no container is being made or removed. */
  settled(): Promise<void>
}

export function createDockerDriver(options: DockerDriverOptions): DockerDriver {
  return new Driver(options)
}

class Driver implements DockerDriver {
  readonly name = DRIVER
  readonly #options: DockerDriverOptions
  readonly #docker: Docker
  readonly #pool: ContainerPool<AgentContainer>
  readonly #removals: Removals
  readonly #open = new Set<Sandbox>()
  /** Containers made, until their removal begins. */
  readonly #live = new Set<string>()
  /** Names of containers that are being made. */
  readonly #making = new Set<string>()
  readonly #owner = randomUUID()
  /** Language by the image it has, or had before a newer one. */
  readonly #languages = new Map<string, string>()
  readonly #aging: NodeJS.Timeout
  #nextUid = 0
  #isUp = false
  #closed = false

  constructor(options: DockerDriverOptions) {
    this.#options = options
    this.#docker = connectEngine(options)
    this.#removals = new Removals({
      removeOnce: (id) => this.#docker.getContainer(id).remove({ force: true, v: true }),
      log: (line) => this.#log(line),
    })
    this.#pool = new ContainerPool({
      start: (shape) => this.#start(shape),
      remove: (container) => this.#remove(container),
      capacity: options.pool,
      idleMs: POOL_IDLE_MS,
      onFailure: (error) => this.#log(error instanceof Error ? error.message : String(error)),
    })
    this.#aging = setInterval(() => {
      this.#pool.age()
      void this.#sweep().catch(() => undefined)
    }, AGE_INTERVAL_MS)
    this.#aging.unref()
  }

  get isUp(): boolean {
    return this.#isUp
  }

  get stuckContainers(): number {
    return this.#removals.stuck
  }

  get figures(): ContainerPool<AgentContainer>['figures'] {
    return this.#pool.figures
  }

  get poolCounts(): ReadonlyMap<string, PoolCounts> {
    const byLanguage = new Map<string, PoolCounts>()
    for (const [image, { ready, hits, misses }] of this.#pool.counts) {
      const language = this.#languages.get(image)
      if (language === undefined) continue
      const before = byLanguage.get(language) ?? { ready: 0, hits: 0, misses: 0 }
      byLanguage.set(language, {
        ready: before.ready + ready,
        hits: before.hits + hits,
        misses: before.misses + misses,
      })
    }
    return byLanguage
  }

  async start(): Promise<void> {
    try {
      await this.#docker.ping()
      await this.#refuseWeakEngine()
      const swept = await this.#sweep()
      if (swept > 0) this.#log(`removed ${swept} containers that an earlier process left`)
      this.#isUp = true
    } catch (error) {
      throw engineError('engine', 'to be asked for its containers', error)
    }
  }

  expect(command: ExpectedCommand, count: number): void {
    const image = this.#options.image(command.image)
    if (image === undefined) return
    this.#languages.set(image, command.image)
    this.#pool.expect(shapeOf(image, command, command.limits), count)
  }

  // oxlint-disable-next-line typescript/require-await -- refusals are rejections, like those of every driver
  async open(spec: SandboxSpec): Promise<Sandbox> {
    if (this.#closed) throw new SandboxError('engine', 'the driver is closed')
    if (!EXECUTION_ID.test(spec.executionId))
      throw new SandboxError('container', 'the execution id cannot be part of a container name')
    const image = this.#options.image(spec.image)
    if (image === undefined)
      throw new SandboxError(
        'image',
        `the engine has no image for ${spec.image}; codeexec images build --driver docker ${spec.image} makes it`,
      )
    this.#languages.set(image, spec.image)
    const sandbox: Sandbox = new DockerSandbox(image, spec, this.#pool, () => this.#open.delete(sandbox))
    this.#open.add(sandbox)
    return sandbox
  }

  probe(): Promise<DriverReport> {
    const image = this.#options.probeImage?.()
    return probeEngine(this.#docker, {
      runtime: this.#options.runtime,
      tryContainer:
        image === undefined
          ? undefined
          : async () => {
              const container = await this.#make(PROBE_SHAPE(image))
              await this.#remove(container)
              return container.report
            },
    })
  }

  settled(): Promise<void> {
    return this.#pool.settled()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#aging)
    await Promise.all([...this.#open].map((sandbox) => sandbox.dispose()))
    // Whoever waits for a removal under way waits no longer than these do.
    await Promise.all([this.#pool.close(), this.#closeRemovals()])
  }

  async #closeRemovals(): Promise<void> {
    if (this.#isUp) await this.#sweep().catch(() => undefined)
    await this.#removals.close(CLOSE_DEADLINE_MS)
  }

  /** What the engine says of itself; what containers say is looked at when they are made. */
  async #refuseWeakEngine(): Promise<void> {
    const { runtime } = this.#options
    const { checks } = await probeEngine(this.#docker, { runtime, tryContainer: undefined })
    const missing = checks.filter(({ ok, required }) => required && !ok)
    if (missing.length > 0) throw new SandboxError('engine', missing.map(({ detail }) => detail).join('; '))
  }

  /** A container in which every limit holds. */
  async #start(shape: ContainerShape): Promise<AgentContainer> {
    const container = await this.#make(shape)
    if (isCounted(container.report)) return container
    await this.#remove(container)
    throw new SandboxError('counters', UNCOUNTED)
  }

  #sweep(): Promise<number> {
    const owner = {
      label: this.#owner,
      isWorkingWith: (id: string) => this.#live.has(id) || this.#removals.has(id),
      isMaking: (name: string) => this.#making.has(name),
    }
    return sweepContainers(this.#docker, owner, this.#removals)
  }

  async #remove(container: AgentContainer): Promise<void> {
    this.#live.delete(container.id)
    await container.remove()
  }

  async #make(shape: ContainerShape): Promise<AgentContainer> {
    const uid = FIRST_UID + (this.#nextUid++ % UID_COUNT)
    const name = containerName('pool', randomUUID())
    this.#making.add(name)
    try {
      const { runtime } = this.#options
      const identity = { name, owner: this.#owner, uid, runtime }
      const container = await AgentContainer.start(this.#docker, shape, identity, this.#removals)
      this.#live.add(container.id)
      this.#setUp(true)
      return container
    } catch (error) {
      this.#setUp(
        await this.#docker.ping().then(
          () => true,
          () => false,
        ),
      )
      throw error
    } finally {
      this.#making.delete(name)
    }
  }

  /** An engine that has come back may hold what could not be removed while it was away. */
  #setUp(isUp: boolean): void {
    if (isUp && !this.#isUp) void this.#sweep().catch(() => undefined)
    this.#isUp = isUp
  }

  #log(line: string): void {
    this.#options.log?.(line)
  }
}

const PROBE_SHAPE = (image: string): ContainerShape =>
  shapeOf(
    image,
    { files: [], fileSystemBytes: 1 << 20 },
    {
      wallTimeMs: 1000,
      cpuTimeMs: 1000,
      memoryBytes: 64 << 20,
      maxProcesses: 8,
      outputBytes: 1,
      fileSizeBytes: 1,
      cpus: 0.5,
    },
  )
