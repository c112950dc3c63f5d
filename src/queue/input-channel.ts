import type { ProgramInput, ProgramInputSink, ProgramInputSource } from '../contract/program-input.js'

interface WaitingInput {
  readonly input: ProgramInput
  readonly taken: () => void
}

/**
 * Carries a client's input to its program, from whoever submitted the job to whoever runs it. What comes before the
 * program runs waits for it; each message is handed on at once, so that a signal overtakes input that nobody reads.
 * The sender bounds what is under way by the promises it gets.
 */
export class InputChannel implements ProgramInputSource {
  #sink: ProgramInputSink | undefined
  #closed = false
  #used = false
  readonly #waiting = new Set<WaitingInput>()

  get used(): boolean {
    return this.#used
  }

  /** Resolves when the program has taken the input, or will never take any more. */
  send(input: ProgramInput): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      const waiting = {
        input,
        taken: (): void => {
          this.#waiting.delete(waiting)
          resolve()
        },
      }
      this.#waiting.add(waiting)
      if (this.#sink !== undefined) this.#hand(this.#sink, waiting)
    })
  }

  attach(sink: ProgramInputSink): void {
    this.#sink = sink
    for (const waiting of this.#waiting) this.#hand(sink, waiting)
  }

  /** The program is gone: nothing is waited for any more, and what still comes is dropped. */
  close(): void {
    this.#closed = true
    this.#sink = undefined
    for (const { taken } of this.#waiting) taken()
  }

  #hand(sink: ProgramInputSink, { input, taken }: WaitingInput): void {
    this.#used = true
    const pending = sink(input)
    if (pending === undefined) taken()
    else pending.then(taken, taken)
  }
}
