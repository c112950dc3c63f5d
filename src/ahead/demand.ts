/** How many of something to keep ready, from how many were asked for at about the same time. */
export interface DemandOptions {
  readonly least: number
  readonly most: number
  /** Without being asked for so long, the number falls back to the least. */
  readonly forgetAfterMs: number
}

export class Demand {
  readonly #options: DemandOptions
  #wanted: number
  #lastMissAt = 0
  #lastAskedAt = Number.NEGATIVE_INFINITY

  constructor(options: DemandOptions) {
    this.#options = options
    this.#wanted = options.least
  }

  /** Somebody asked at `now`; `ready` says whether there was one for him. */
  asked(ready: boolean, now: number): void {
    this.#lastAskedAt = now
    if (ready || now === this.#lastMissAt) return
    this.#lastMissAt = now
    this.#wanted = Math.min(this.#options.most, this.#wanted + 1)
  }

  wanted(now: number): number {
    if (now - this.#lastAskedAt > this.#options.forgetAfterMs) this.#wanted = this.#options.least
    return this.#wanted
  }
}
