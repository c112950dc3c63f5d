/**
 * One container from creation to removal, and the agent in it: frames out, events in. It is ready when the agent has
 * said so, runs at most one command, and is never used again.
 */
import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import { SandboxError } from '../../driver.js'
import type { FrameEvent } from '../namespaces/frames.js'
import { EVENT, FrameReader, PayloadReader } from '../namespaces/frames.js'
import type { ContainerIdentity } from './container-options.js'
import { containerName, containerOptions } from './container-options.js'
import { engineError } from './engine.js'
import type { Removals } from './removals.js'
import type { ContainerShape } from './shape.js'
import { shapeKey } from './shape.js'
import { OutputCutter } from './stream.js'

/** Creating and starting a container takes under a second; more than this means that the engine is in trouble. */
const START_PATIENCE_MS = 30_000
/** A name is for people who look; a program that has ended by then needs none, and the engine's work none of its time. */
const RENAME_AFTER_MS = 100

/** How the agent says what it can count. */
export interface AgentReport {
  readonly cgroupVersion: number
  readonly cpu: boolean
  readonly memory: boolean
  readonly memoryPeak: boolean
  readonly oom: boolean
}

/** Receives what the agent says, and that it will say nothing more. */
export interface AgentListener {
  onEvent(event: FrameEvent): void
  onLost(error: SandboxError): void
}

/** Frames carry the id of a sandbox; a container has one. */
export const SANDBOX_ID = 1

export class AgentContainer {
  readonly key: string
  readonly report: AgentReport
  readonly #container: Docker.Container
  readonly #stream: Duplex
  readonly #removals: Removals
  #listener: AgentListener | undefined
  #lost: SandboxError | undefined
  #removed: Promise<void> | undefined
  #renaming: NodeJS.Timeout | undefined
  #renamed: Promise<unknown> = Promise.resolve()

  private constructor(
    container: Docker.Container,
    stream: Duplex,
    shape: ContainerShape,
    report: AgentReport,
    removals: Removals,
  ) {
    this.key = shapeKey(shape)
    this.#container = container
    this.#stream = stream
    this.report = report
    this.#removals = removals
  }

  /** Resolves when the agent is ready for its command; where it rejects, with SandboxError, `removals` has what is left. */
  static async start(
    docker: Docker,
    shape: ContainerShape,
    identity: ContainerIdentity,
    removals: Removals,
  ): Promise<AgentContainer> {
    const container = await create(docker, shape, identity)
    try {
      return await AgentContainer.#attach(container, shape, removals)
    } catch (error) {
      // Where the engine is the reason, its removal may take until it is back: nobody waits for that.
      void removals.remove(container.id).catch(() => undefined)
      throw engineError('container', 'to start a container', error)
    }
  }

  static async #attach(
    container: Docker.Container,
    shape: ContainerShape,
    removals: Removals,
  ): Promise<AgentContainer> {
    const stream = (await container.attach({
      stream: true,
      hijack: true,
      stdin: true,
      stdout: true,
      stderr: true,
    })) as unknown as Duplex
    return new Promise((resolve, reject) => {
      let words = ''
      let made: AgentContainer | undefined
      const frames = new FrameReader()
      const cutter = new OutputCutter()
      const lose = (cause?: unknown): void => {
        clearTimeout(patience)
        const said = words === '' ? '' : `: ${words.trim()}`
        const error = new SandboxError('engine', `the container ended, or its engine${said}`, { cause })
        if (made) made.#lose(error)
        // Where the engine could not even start it, its answer says why.
        else void started.then(() => reject(error))
      }
      const patience = setTimeout(() => {
        stream.destroy()
        reject(new SandboxError('engine', 'the agent of a container was not ready in time'))
      }, START_PATIENCE_MS)
      const onEvent = (event: FrameEvent): void => {
        if (made) return made.#listener?.onEvent(event)
        if (event.type !== EVENT.ready) return
        clearTimeout(patience)
        const report = JSON.parse(new PayloadReader(event.payload).string()) as AgentReport
        const ready = new AgentContainer(container, stream, shape, report, removals)
        made = ready
        // The agent may be quicker than the engine's books, in which the container has not started yet.
        void started.then(() => resolve(ready))
      }
      stream.on('data', (chunk: Buffer) => {
        try {
          cutter.read(chunk, {
            stdout: (piece) => frames.read(piece, onEvent),
            stderr: (piece) => {
              words = (words + String(piece)).slice(-1000)
            },
          })
        } catch (error) {
          // What a program could do to its agent ends with its container.
          stream.destroy()
          lose(error)
        }
      })
      stream.on('end', () => lose())
      stream.on('close', () => lose())
      stream.on('error', lose)
      const started = container.start().catch((error: unknown) => {
        clearTimeout(patience)
        stream.destroy()
        reject(engineError('container', 'to start a container', error))
      })
    })
  }

  /** The engine's id of it. */
  get id(): string {
    return this.#container.id
  }

  get lost(): SandboxError | undefined {
    return this.#lost
  }

  #lose(error: SandboxError): void {
    if (this.#lost) return
    this.#lost = error
    this.#listener?.onLost(error)
  }

  /** From now on its events go there. */
  listen(listener: AgentListener | undefined): void {
    this.#listener = listener
  }

  send(pieces: readonly Uint8Array[]): void {
    if (this.#lost || this.#stream.destroyed) return
    this.#stream.cork()
    for (const piece of pieces) this.#stream.write(piece)
    this.#stream.uncork()
  }

  /** Gives the container the name of what it is used for, soon. */
  rename(id: string): void {
    const name = containerName('run', id)
    this.#renaming = setTimeout(() => {
      this.#renamed = this.#container.rename({ name }).catch(() => undefined)
    }, RENAME_AFTER_MS)
  }

  /** What the engine knows of the container's end: true when the kernel ended it, or part of it, for memory. */
  async wasOutOfMemory(): Promise<boolean> {
    try {
      return (await this.#container.inspect()).State.OOMKilled
    } catch {
      return false
    }
  }

  /** Ends everything in it and removes it; resolves when the engine says that it is gone. Safe to call twice. */
  remove(): Promise<void> {
    this.#removed ??= this.#remove()
    return this.#removed
  }

  async #remove(): Promise<void> {
    this.#lose(new SandboxError('engine', 'the container has been removed'))
    this.#stream.destroy()
    clearTimeout(this.#renaming)
    await this.#renamed
    await this.#removals.remove(this.id)
  }
}

async function create(
  docker: Docker,
  shape: ContainerShape,
  identity: ContainerIdentity,
): Promise<Docker.Container> {
  try {
    return await docker.createContainer(containerOptions(shape, identity))
  } catch (error) {
    const failure = engineError('container', 'to create a container', error)
    if (!/no such image/iu.test(failure.message)) throw failure
    throw new SandboxError('image', `the engine has no image ${shape.image}`, { cause: error })
  }
}
