/** Values in order of arrival for one receiver, who may wait for the next one. */
export class Mailbox<T> {
  readonly #values: T[] = []
  #closed = false
  #wake: (() => void) | undefined

  put(value: T): void {
    if (this.#closed) return
    this.#values.push(value)
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  /** The next value, or undefined when there will be none. */
  async take(): Promise<T | undefined> {
    while (this.#values.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#values.shift()
  }
}
