/** How much the newest job counts; about the last twenty decide. */
const NEWEST_SHARE = 0.1
/** Until a job has ended. */
const FIRST_GUESS_MS = 1000
const LONGEST_SECONDS = 60

/** How long jobs take of late. */
export class ServiceTime {
  #meanMs: number | undefined

  record(durationMs: number): void {
    this.#meanMs =
      this.#meanMs === undefined ? durationMs : this.#meanMs + (durationMs - this.#meanMs) * NEWEST_SHARE
  }

  /** Whole seconds until so many jobs are done by so many slots, as far as the last jobs tell: 1 to 60. */
  secondsFor(jobs: number, slots: number): number {
    const milliseconds = (jobs * (this.#meanMs ?? FIRST_GUESS_MS)) / Math.max(1, slots)
    return Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil(milliseconds / 1000)))
  }
}
