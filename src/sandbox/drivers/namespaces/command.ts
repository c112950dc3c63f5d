/** Follows one running command: hands its output on in order, acknowledges it, and turns its end into an Outcome. */
import { constants } from 'node:os'
import type { OutputStream } from '../../../contract/execution.js'
import type { StopReason } from '../../../contract/verdict.js'
import {
  type Command,
  type Outcome,
  type ResourceUse,
  type RunningCommand,
  SandboxError,
  type TerminalSize,
  USUAL_STACK_BYTES,
} from '../../driver.js'
import { EVENT, type FrameEvent, FrameWriter, PayloadReader, REQUEST, RUN_FLAG } from './frames.js'

/** Half of the supervisor's window, so that the program never has to wait for a prompt reader. */
const ACKNOWLEDGE_BYTES = 128 * 1024
const NONE = 0xffffffff

/** In the order of `enum stop_reason`. */
const STOP_REASONS: readonly (StopReason | null)[] = [null, 'cpu', 'wall', 'memory', 'output', 'cancelled']
const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))
// SIGPOLL and SIGIOT are other names of these.
SIGNAL_NAMES.set(constants.signals.SIGIO, 'SIGIO').set(constants.signals.SIGABRT, 'SIGABRT')

export interface CommandChannel {
  readonly id: number
  send(pieces: readonly Uint8Array[]): void
}

export function runFrame(id: number, command: Command, moreFlags = 0): readonly Uint8Array[] {
  const { limits, tty, stdin } = command
  const frame = new FrameWriter()
    .u64(limits.wallTimeMs * 1e6)
    .u64(limits.cpuTimeMs * 1e6)
    .u64(limits.memoryBytes)
    .u64(limits.outputBytes)
    .u64(limits.fileSizeBytes)
    .u64(limits.stackBytes ?? USUAL_STACK_BYTES)
    .u32(limits.maxProcesses)
    .u32(Math.max(1, Math.round(limits.cpus * 1000)))
    .u32(
      (tty ? RUN_FLAG.tty : 0) |
        (stdin === 'interactive' ? RUN_FLAG.interactive : 0) |
        (command.ephemeral ? RUN_FLAG.ephemeral : 0) |
        (command.warm ? RUN_FLAG.warm : 0) |
        moreFlags,
    )
    .u32(tty?.cols ?? 0)
    .u32(tty?.rows ?? 0)
    .string(command.cwd)
    .u32(command.argv.length)
  for (const argument of command.argv) frame.string(argument)
  const variables = Object.entries(command.env)
  frame.u32(variables.length)
  for (const [name, value] of variables) frame.string(`${name}=${value}`)
  return frame.bytes(stdin === 'interactive' ? new Uint8Array(0) : stdin).finish(REQUEST.run, id)
}

export class RunningNamespacesCommand implements RunningCommand {
  readonly outcome: Promise<Outcome>
  /** True once it has ended and its start was a fork server's. */
  startedWarm = false
  /** True once it has ended and its sandbox had been made ahead. */
  wasReady = false
  readonly #channel: CommandChannel
  readonly #command: Command
  #settle!: { resolve: (outcome: Outcome) => void; reject: (error: Error) => void }
  #delivery: Promise<void> | undefined
  #unacknowledged = 0
  #settled = false
  readonly #questions: ((usage: ResourceUse | null) => void)[] = []
  readonly #writes: { left: number; resolve: () => void }[] = []

  constructor(channel: CommandChannel, command: Command) {
    this.#channel = channel
    this.#command = command
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  onEvent(event: FrameEvent): void {
    switch (event.type) {
      case EVENT.started:
        this.#command.onStart?.(this)
        return
      case EVENT.stdout:
        this.#deliver('stdout', event.payload)
        return
      case EVENT.stderr:
        this.#deliver('stderr', event.payload)
        return
      case EVENT.stdinTaken:
        this.#take(new PayloadReader(event.payload).u32())
        return
      case EVENT.usage:
        this.#tellUsage(new PayloadReader(event.payload))
        return
      case EVENT.activity: {
        const isActive = new PayloadReader(event.payload).u32() === 1
        this.#command.onActivity?.(isActive)
        return
      }
      case EVENT.exited:
        this.startedWarm = isFlagged(event.payload, STARTED_WARM)
        this.wasReady = isFlagged(event.payload, WAS_READY)
        this.#end(() => this.#settle.resolve(outcomeOf(event.payload)))
        return
      case EVENT.failed:
        this.#end(() => this.#settle.reject(failureOf(event.payload, this.#command)))
        return
      default:
        return
    }
  }

  lose(error: SandboxError): void {
    this.#end(() => this.#settle.reject(error))
  }

  /** In order, one at a time; a chunk whose receiver is still busy keeps those after it waiting. */
  #deliver(stream: OutputStream, chunk: Buffer): void {
    if (this.#delivery) {
      this.#delivery = this.#delivery.then(() => this.#hand(stream, chunk))
      return
    }
    const pending = this.#hand(stream, chunk)
    if (pending) this.#wait(pending)
  }

  #wait(pending: Promise<void>): void {
    const delivery = pending.then(() => {
      if (this.#delivery === delivery) this.#delivery = undefined
    })
    this.#delivery = delivery
    delivery.catch(() => {})
  }

  #hand(stream: OutputStream, chunk: Buffer): Promise<void> | void {
    const pending = this.#command.onOutput(stream, chunk)
    if (pending) return pending.then(() => this.#acknowledge(chunk.length))
    this.#acknowledge(chunk.length)
  }

  #acknowledge(bytes: number): void {
    this.#unacknowledged += bytes
    if (this.#unacknowledged < ACKNOWLEDGE_BYTES) return
    this.#channel.send(
      new FrameWriter().u32(this.#unacknowledged).finish(REQUEST.acknowledge, this.#channel.id),
    )
    this.#unacknowledged = 0
  }

  #end(settle: () => void): void {
    if (this.#settled) return
    this.#settled = true
    for (const write of this.#writes.splice(0)) write.resolve()
    for (const answer of this.#questions.splice(0)) answer(null)
    if (this.#delivery) this.#delivery.then(settle, (error: Error) => this.#settle.reject(error))
    else settle()
  }

  write(chunk: Uint8Array): Promise<void> {
    if (this.#settled || chunk.length === 0) return Promise.resolve()
    this.#channel.send(new FrameWriter().raw(chunk).finish(REQUEST.stdin, this.#channel.id))
    return new Promise((resolve) => this.#writes.push({ left: chunk.length, resolve }))
  }

  #take(bytes: number): void {
    let taken = bytes
    while (taken > 0 && this.#writes[0]) {
      const write = this.#writes[0]
      const part = Math.min(taken, write.left)
      write.left -= part
      taken -= part
      if (write.left > 0) return
      this.#writes.shift()
      write.resolve()
    }
  }

  endInput(): void {
    this.#channel.send(new FrameWriter().finish(REQUEST.stdinEnd, this.#channel.id))
  }

  signal(name: string): void {
    const number = (constants.signals as Record<string, number | undefined>)[name]
    if (number === undefined) throw new RangeError(`Unknown signal: ${name}`)
    this.#channel.send(new FrameWriter().u32(number).finish(REQUEST.signal, this.#channel.id))
  }

  resize(size: TerminalSize): void {
    this.#channel.send(
      new FrameWriter().u32(size.cols).u32(size.rows).finish(REQUEST.resize, this.#channel.id),
    )
  }

  usage(): Promise<ResourceUse | null> {
    if (this.#settled) return Promise.resolve(null)
    this.#channel.send(new FrameWriter().finish(REQUEST.usage, this.#channel.id))
    return new Promise((resolve) => this.#questions.push(resolve))
  }

  #tellUsage(reader: PayloadReader): void {
    const usage = { cpuTimeMs: reader.u64() / 1e6, memoryBytes: reader.u64() }
    this.#questions.shift()?.(usage)
  }

  kill(): void {
    this.#channel.send(new FrameWriter().finish(REQUEST.kill, this.#channel.id))
  }
}

/** Bits of the fourth number of an EV_EXITED. */
const TRUNCATED_STDOUT = 1
const TRUNCATED_STDERR = 2
const STARTED_WARM = 4
const WAS_READY = 8

function isFlagged(payload: Buffer, flag: number): boolean {
  return (payload.readUInt32LE(12) & flag) !== 0
}

function outcomeOf(payload: Buffer): Outcome {
  const reader = new PayloadReader(payload)
  const stopReason = STOP_REASONS[reader.u32()] ?? null
  const exitCode = reader.u32()
  const signal = reader.u32()
  const flags = reader.u32()
  return {
    stopReason,
    exitCode: exitCode === NONE ? null : exitCode,
    signal: signal === 0 ? null : (SIGNAL_NAMES.get(signal) ?? `SIG${signal}`),
    truncated: {
      stdout: (flags & TRUNCATED_STDOUT) !== 0,
      stderr: (flags & TRUNCATED_STDERR) !== 0,
    },
    usage: { wallTimeMs: reader.u64() / 1e6, cpuTimeMs: reader.u64() / 1e6, memoryBytes: reader.u64() },
  }
}

function failureOf(payload: Buffer, command: Command): SandboxError {
  const reader = new PayloadReader(payload)
  reader.u32()
  const step = reader.string()
  const errno = reader.string()
  const text = reader.string()
  const what = step === 'exec' ? `${command.argv[0]} cannot be executed` : `step ${step} failed`
  return new SandboxError(step, text ? `${what}: ${text}` : what, errno ? { errno } : {})
}
