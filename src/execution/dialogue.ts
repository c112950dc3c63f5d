/** One client's talk with one running program: its input goes in, and silence on both sides ends it. */
import type { ProgramInput, ProgramInputSource } from '../contract/program-input.js'
import type { Outcome, RunningCommand } from '../sandbox/driver.js'
import { IdleWatch } from './idle-watch.js'

export interface DialogueOptions {
  /** What the program gets before anything the client says. */
  readonly firstInput: Uint8Array
  readonly idleTimeMs: number
}

export class Dialogue {
  /** Aborted when the execution is cancelled or the dialogue has been idle for too long. */
  readonly signal: AbortSignal
  readonly #options: DialogueOptions
  readonly #source: ProgramInputSource | undefined
  readonly #idle = new AbortController()
  #watch: IdleWatch | undefined

  constructor(options: DialogueOptions, source: ProgramInputSource | undefined, cancelled: AbortSignal) {
    this.#options = options
    this.#source = source
    this.signal = AbortSignal.any([cancelled, this.#idle.signal])
  }

  readonly onStart = (running: RunningCommand): void => {
    const { firstInput, idleTimeMs } = this.#options
    this.#watch = new IdleWatch(idleTimeMs, () => {
      if (!this.signal.aborted) this.#idle.abort()
    })
    if (firstInput.length > 0) void running.write(firstInput)
    this.#source?.attach((input) => {
      this.touch()
      return say(running, input)
    })
  }

  /** The program has written something, or the client has taken it. */
  touch(): void {
    this.#watch?.touch()
  }

  /** The program has ended; its outcome says so where silence was the reason. */
  end(outcome: Outcome): Outcome {
    const wasIdle = this.#idle.signal.aborted && outcome.stopReason === 'cancelled'
    return wasIdle ? { ...outcome, stopReason: 'idle' } : outcome
  }

  /** Nothing more will happen. */
  stop(): void {
    this.#watch?.stop()
  }
}

function say(running: RunningCommand, input: ProgramInput): Promise<void> | void {
  switch (input.type) {
    case 'stdin':
      return running.write(Buffer.from(input.data))
    case 'stdin-end':
      return running.endInput()
    case 'signal':
      return running.signal(input.signal)
    case 'resize':
      return running.resize({ cols: input.cols, rows: input.rows })
  }
}
