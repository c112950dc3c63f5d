/**
 * A sandbox made of containers, one for each command: what a command leaves in the writable folders is carried from
 * its container to the next one's, and nothing else of it.
 */
import type { Artefact } from '../../../contract/execution.js'
import type { Command, Outcome, Sandbox, SandboxSpec } from '../../driver.js'
import { CANCELLED, SandboxError } from '../../driver.js'
import { RunningNamespacesCommand, runFrame } from '../namespaces/command.js'
import type { FrameEvent } from '../namespaces/frames.js'
import { EVENT, FrameWriter, REQUEST } from '../namespaces/frames.js'
import type { AgentContainer } from './agent-container.js'
import { SANDBOX_ID } from './agent-container.js'
import { artefactsOf } from './artefacts.js'
import {
  CONTAINER_EVENT,
  CONTAINER_REQUEST,
  artefactRecords,
  forwarded,
  isScratch,
  sourceRecords,
} from './records.js'
import type { ContainerShape } from './shape.js'
import { isJudgedByPeak, shapeOf } from './shape.js'

/** The agent acts on limits itself. When it has not by then, the container is removed, and the limit was met. */
const AGENT_PATIENCE_MS = 10_000
const COLLECT_PATIENCE_MS = 60_000

/** Where containers come from and go to. */
export interface ContainerSource {
  take(shape: ContainerShape): Promise<AgentContainer>
  release(shape: ContainerShape, container: AgentContainer): void
}

interface Used {
  readonly shape: ContainerShape
  readonly container: AgentContainer
}

export class DockerSandbox implements Sandbox {
  readonly #image: string
  readonly #spec: SandboxSpec
  readonly #source: ContainerSource
  readonly #onDispose: () => void
  #commands = 0
  #running: Promise<Outcome> | undefined
  #abort: (() => void) | undefined
  /** The container of the last command that was not ephemeral: what it left is the sandbox's files. */
  #holder: Used | undefined
  /** The holder's records, kept while ephemeral commands run one after the other. */
  #collected: readonly Uint8Array[] | undefined
  #disposed: Promise<void> | undefined

  constructor(image: string, spec: SandboxSpec, source: ContainerSource, onDispose: () => void) {
    this.#image = image
    this.#spec = spec
    this.#source = source
    this.#onDispose = onDispose
  }

  async run(command: Command, signal?: AbortSignal): Promise<Outcome> {
    if (this.#running) throw new SandboxError('run', 'a sandbox runs one command at a time')
    if (this.#disposed) throw new SandboxError('run', 'the sandbox has been disposed of')
    if (signal?.aborted) return CANCELLED
    const running = this.#run(command, signal)
    this.#running = running
    try {
      return await running
    } finally {
      this.#running = undefined
    }
  }

  async #run(command: Command, signal: AbortSignal | undefined): Promise<Outcome> {
    const shape = shapeOf(this.#image, this.#spec, command.limits)
    const [container, records] = await Promise.all([this.#take(shape), this.#records()])
    const used: Used = { shape, container }
    const keep = command.ephemeral !== true
    try {
      if (signal?.aborted || this.#disposed) return CANCELLED
      const outcome = await this.#runIn(container, command, signal, records)
      if (keep) this.#hold(used)
      return outcome
    } catch (error) {
      // A program that could not be started leaves the files as they were, in its container too.
      if (keep && error instanceof SandboxError && error.step === 'exec') this.#hold(used)
      throw error
    } finally {
      if (this.#holder !== used) this.#source.release(shape, container)
    }
  }

  async #take(shape: ContainerShape): Promise<AgentContainer> {
    const container = await this.#source.take(shape)
    this.#commands += 1
    const suffix = this.#commands === 1 ? '' : `-${this.#commands}`
    container.rename(`${this.#spec.executionId}${suffix}`)
    return container
  }

  #hold(used: Used): void {
    const before = this.#holder
    this.#holder = used
    this.#collected = undefined
    if (before) this.#source.release(before.shape, before.container)
  }

  /** What earlier commands have left; undefined before the first that may leave anything. */
  async #records(): Promise<readonly Uint8Array[] | undefined> {
    if (!this.#holder) return undefined
    this.#collected ??= await collect(this.#holder.container)
    return this.#collected
  }

  async #runIn(
    container: AgentContainer,
    command: Command,
    signal: AbortSignal | undefined,
    records: readonly Uint8Array[] | undefined,
  ): Promise<Outcome> {
    const running = new RunningNamespacesCommand(
      { id: SANDBOX_ID, send: (pieces) => container.send(pieces) },
      command,
    )
    const { limits } = command
    let silence: NodeJS.Timeout | undefined
    let overdue: 'wall' | 'cancelled' | undefined
    let hasStarted = false
    const watch = (reason: 'wall' | 'cancelled', afterMs: number): void => {
      clearTimeout(silence)
      silence = setTimeout(() => {
        overdue = reason
        void container.remove().catch(() => undefined)
      }, afterMs)
    }
    const abort = (): void => {
      running.kill()
      watch('cancelled', AGENT_PATIENCE_MS)
    }
    container.listen({
      onEvent: (event: FrameEvent) => {
        if (event.type === EVENT.started) {
          hasStarted = true
          watch('wall', limits.wallTimeMs + AGENT_PATIENCE_MS)
        }
        running.onEvent(event)
      },
      onLost: (error) => running.lose(error),
    })
    signal?.addEventListener('abort', abort, { once: true })
    this.#abort = abort
    try {
      if (container.lost) throw container.lost
      this.#bringFiles(container, records, command.ephemeral === true)
      container.send(openFrame(this.#spec.fileSystemBytes))
      container.send(runFrame(SANDBOX_ID, command))
      return await judged(container, command, await running.outcome)
    } catch (error) {
      if (error instanceof SandboxError && error.step === 'engine')
        return await this.#lostOutcome(
          container,
          limits.memoryBytes,
          overdue,
          hasStarted ? error : unused(error),
        )
      throw error
    } finally {
      clearTimeout(silence)
      this.#abort = undefined
      signal?.removeEventListener('abort', abort)
      container.listen(undefined)
    }
  }

  #bringFiles(
    container: AgentContainer,
    records: readonly Uint8Array[] | undefined,
    isEphemeral: boolean,
  ): void {
    const { files, artefacts = [] } = this.#spec
    for (const pieces of sourceRecords(SANDBOX_ID, files)) container.send(pieces)
    if (records === undefined)
      for (const pieces of artefactRecords(SANDBOX_ID, artefacts)) container.send(pieces)
    for (const one of records ?? [])
      if (!isEphemeral || !isScratch(one)) container.send(forwarded(SANDBOX_ID, one))
  }

  /** A container that has ended under its command: by a limit that the engine knows of, or by the engine's own end. */
  async #lostOutcome(
    container: AgentContainer,
    memoryBytes: number,
    overdue: 'wall' | 'cancelled' | undefined,
    error: SandboxError,
  ): Promise<Outcome> {
    if (overdue) return { ...CANCELLED, stopReason: overdue }
    if (this.#disposed) return CANCELLED
    if (!(await container.wasOutOfMemory())) throw error
    return { ...CANCELLED, stopReason: 'memory', usage: { ...CANCELLED.usage, memoryBytes } }
  }

  /** The next command needs what is collected anyway. */
  async artefacts(mostBytes: number): Promise<readonly Artefact[] | undefined> {
    if (!this.#holder || this.#running || this.#disposed) return undefined
    return artefactsOf((await this.#records()) ?? [], mostBytes)
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#release()
    return this.#disposed
  }

  /** Resolves when nothing of the program runs any more; its empty container is removed right after. */
  async #release(): Promise<void> {
    this.#abort?.()
    await this.#running?.catch(() => undefined)
    const held = this.#holder
    this.#holder = undefined
    this.#collected = undefined
    if (held) this.#source.release(held.shape, held.container)
    this.#onDispose()
  }
}

/** Takes what the command has left out of its container. */
function collect(container: AgentContainer): Promise<readonly Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const records: Uint8Array[] = []
    const end = (settle: () => void): void => {
      clearTimeout(patience)
      container.listen(undefined)
      settle()
    }
    const fail = (error: SandboxError): void =>
      end(() =>
        reject(
          new SandboxError('collect', `the files of a container were lost: ${error.message}`, {
            cause: error,
          }),
        ),
      )
    const patience = setTimeout(
      () => fail(new SandboxError('engine', 'the agent did not answer')),
      COLLECT_PATIENCE_MS,
    )
    if (container.lost) return fail(container.lost)
    container.listen({
      onEvent: ({ type, payload }) => {
        if (type === CONTAINER_EVENT.record) records.push(Buffer.from(payload))
        else if (type === CONTAINER_EVENT.collected) end(() => resolve(records))
      },
      onLost: fail,
    })
    container.send(new FrameWriter().finish(CONTAINER_REQUEST.collect, SANDBOX_ID))
  })
}

/** The container went before the program had begun: there was none to run it in. */
function unused(cause: SandboxError): SandboxError {
  return new SandboxError('container', `the program has not begun: ${cause.message}`, { cause })
}

/** The agent writes no files of an open request; they came as records. */
function openFrame(fileSystemBytes: number): readonly Uint8Array[] {
  return new FrameWriter().string('').u64(fileSystemBytes).u32(0).u32(0).finish(REQUEST.open, SANDBOX_ID)
}

/** Holds the agent's account against what only the engine knows, and against limits that no engine enforces. */
async function judged(container: AgentContainer, { limits }: Command, outcome: Outcome): Promise<Outcome> {
  const { usage } = outcome
  const isAbove = isJudgedByPeak(limits) && usage.memoryBytes > limits.memoryBytes
  // Some runtimes show no counters inside, and kill for lack of memory from outside.
  const isKilled = async () => outcome.signal === 'SIGKILL' && (await container.wasOutOfMemory())
  const stopReason = outcome.stopReason ?? (isAbove || (await isKilled()) ? 'memory' : null)
  // The engine's limit is that of the agent too, and larger than asked for where that is small.
  const memoryBytes =
    stopReason === 'memory' ? limits.memoryBytes : Math.min(usage.memoryBytes, limits.memoryBytes)
  return { ...outcome, stopReason, usage: { ...usage, memoryBytes } }
}
