import type { OutputStream } from '../../../contract/execution.js'
import type { StopReason } from '../../../contract/verdict.js'
import type { Command, Outcome, RunningCommand } from '../../driver.js'
import { Mailbox } from './mailbox.js'

/** A program of the fake driver: works through its process and gives its exit code. */
export type FakeProgram = (process: FakeProcess) => Promise<number>

type Ending = Pick<Outcome, 'exitCode' | 'signal' | 'stopReason'>

/** Thrown through a program that has been ended, so that it goes no further. */
class EndedError extends Error {
  override readonly name = 'EndedError'
}

const PIPE_BYTES = 65_536
/** What a small program takes anyway. */
const BASE_MEMORY_BYTES = 1_048_576

/** One running command: what its program can do, and the limits it meets in counted time and memory. */
export class FakeProcess implements RunningCommand {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Absolute. */
  readonly cwd: string
  /** Of the whole sandbox, by absolute path. */
  readonly files: Map<string, Uint8Array>
  readonly #command: Command
  readonly #input = new Mailbox<Uint8Array>()
  readonly #signals = new Mailbox<string>()
  readonly #truncated = { stdout: false, stderr: false }
  readonly #left = { stdout: 0, stderr: 0 }
  readonly #usage = { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: BASE_MEMORY_BYTES }
  #heldBytes = BASE_MEMORY_BYTES
  #handlesSignals = false
  #ending: Ending | undefined
  #announceEnd: () => void = () => {}

  constructor(command: Command, files: Map<string, Uint8Array>) {
    this.args = command.argv.slice(1)
    this.env = command.env
    this.cwd = command.cwd === '' ? '/box' : `/box/${command.cwd}`
    this.files = files
    this.#command = command
    this.#left.stdout = command.limits.outputBytes
    this.#left.stderr = command.limits.outputBytes
    if (command.stdin === 'interactive') return
    if (command.stdin.length > 0) this.#input.put(command.stdin)
    this.#input.close()
  }

  /** Runs the program until it returns or is ended. A program that throws is the platform's failure. */
  async run(program: FakeProgram): Promise<Outcome> {
    if (this.#ending !== undefined) return this.#outcome(this.#ending)
    const ended = new Promise<void>((resolve) => {
      this.#announceEnd = resolve
    })
    const returned = program(this).then(
      (exitCode) => this.#end({ exitCode, signal: null, stopReason: null }),
      (error: unknown) => {
        if (!(error instanceof EndedError)) throw error
      },
    )
    await Promise.race([returned, ended])
    return this.#outcome(this.#ending ?? { exitCode: null, signal: null, stopReason: null })
  }

  #outcome(ending: Ending): Outcome {
    return { ...ending, truncated: this.#truncated, usage: this.#usage }
  }

  /** Ends the program from outside, unless it has ended. */
  stop(stopReason: StopReason): void {
    this.#end({ exitCode: null, signal: 'SIGKILL', stopReason })
  }

  // What a program does.

  async print(bytes: Uint8Array | string, stream: OutputStream = 'stdout'): Promise<void> {
    const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    for (let start = 0; start < all.length; start += PIPE_BYTES) {
      this.#goOn()
      const piece = all.subarray(start, Math.min(all.length, start + PIPE_BYTES, start + this.#left[stream]))
      this.#left[stream] -= piece.length
      if (piece.length > 0) await this.#command.onOutput(stream, piece)
      this.#goOn()
      if (start + piece.length < Math.min(all.length, start + PIPE_BYTES)) {
        this.#truncated[stream] = true
        this.#stopNow('output')
      }
    }
  }

  /** The next piece of standard input, or undefined at its end. */
  async read(): Promise<Uint8Array | undefined> {
    const piece = await this.#input.take()
    this.#goOn()
    return piece
  }

  /** The next signal; from the first call on, signals do not end the program. */
  async nextSignal(): Promise<string | undefined> {
    const name = await this.#signals.take()
    this.#goOn()
    return name
  }

  /** From now on signals wait for `nextSignal` and do not end the program. */
  handleSignals(): void {
    this.#handlesSignals = true
  }

  /** Spends CPU time in each of so many processes at once. */
  spin(cpuTimeMs: number, processes = 1): void {
    this.#goOn()
    const { limits } = this.#command
    const speed = Math.min(limits.cpus, processes)
    const cpuLeftMs = limits.cpuTimeMs - this.#usage.cpuTimeMs
    const wallLeftMs = limits.wallTimeMs - this.#usage.wallTimeMs
    const wanted = cpuTimeMs * processes
    const spent = Math.min(wanted, cpuLeftMs, wallLeftMs * speed)
    this.#usage.cpuTimeMs += spent
    this.#usage.wallTimeMs += spent / speed
    if (spent < wanted) this.#stopNow(cpuLeftMs <= wallLeftMs * speed ? 'cpu' : 'wall')
  }

  sleep(wallTimeMs: number): void {
    this.#goOn()
    const slept = Math.min(wallTimeMs, this.#command.limits.wallTimeMs - this.#usage.wallTimeMs)
    this.#usage.wallTimeMs += slept
    if (slept < wallTimeMs) this.#stopNow('wall')
  }

  allocate(bytes: number): void {
    this.#goOn()
    this.#heldBytes += bytes
    this.#usage.memoryBytes = Math.min(this.#heldBytes, this.#command.limits.memoryBytes)
    if (this.#heldBytes > this.#command.limits.memoryBytes) this.#stopNow('memory')
  }

  /** Ends by a signal of its own. */
  raise(signal: string): never {
    this.#end({ exitCode: null, signal, stopReason: null })
    throw new EndedError()
  }

  // What its client does: RunningCommand.

  write(chunk: Uint8Array): Promise<void> {
    if (this.#ending === undefined) this.#input.put(Uint8Array.from(chunk))
    return Promise.resolve()
  }

  endInput(): void {
    this.#input.close()
  }

  signal(name: string): void {
    if (this.#handlesSignals && name !== 'SIGKILL') this.#signals.put(name)
    else this.#end({ exitCode: null, signal: name, stopReason: null })
  }

  /** There is no terminal whose size could change. */
  resize(): void {}

  #goOn(): void {
    if (this.#ending !== undefined) throw new EndedError()
  }

  #stopNow(reason: StopReason): never {
    this.stop(reason)
    throw new EndedError()
  }

  /** The first cause wins. */
  #end(ending: Ending): void {
    if (this.#ending !== undefined) return
    this.#ending = ending
    this.#announceEnd()
  }
}
