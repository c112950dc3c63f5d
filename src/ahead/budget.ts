/** How much memory all that is started ahead may take together, and whether the machine has it to spare. */

export interface WarmBudgetOptions {
  readonly totalBytes: number
  /** Memory the machine must keep free; below it nothing is started ahead, and what waits is given up. */
  readonly reserveBytes: number
  /** What the machine has available, asked each time. */
  readonly availableBytes: () => number
}

export class WarmBudget {
  readonly #options: WarmBudgetOptions
  #usedBytes = 0

  constructor(options: WarmBudgetOptions) {
    this.#options = options
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Takes so much of the budget, or nothing. */
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#options.totalBytes || this.isShort(bytes)) return false
    this.#usedBytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes
  }

  /** Whether the machine would have too little left after so much more. */
  isShort(moreBytes = 0): boolean {
    return this.#options.availableBytes() - moreBytes < this.#options.reserveBytes
  }
}
