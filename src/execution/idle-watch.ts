/** Tells when nothing has happened for too long. Costs one timer however often something happens. */
export class IdleWatch {
  readonly #idleTimeMs: number
  readonly #onIdle: () => void
  #lastMs = performance.now()
  #timer: NodeJS.Timeout

  constructor(idleTimeMs: number, onIdle: () => void) {
    this.#idleTimeMs = idleTimeMs
    this.#onIdle = onIdle
    this.#timer = setTimeout(() => this.#check(), idleTimeMs)
  }

  /** Something has happened. */
  touch(): void {
    this.#lastMs = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #check(): void {
    const leftMs = this.#lastMs + this.#idleTimeMs - performance.now()
    if (leftMs <= 0) this.#onIdle()
    else this.#timer = setTimeout(() => this.#check(), Math.ceil(leftMs))
  }
}
