/** Runtimes of one language that wait for their program. Each serves one execution and is replaced by a new one. */
import type { HeldSandbox, HeldSpec } from '../sandbox/driver.js'
import type { WarmBudget } from './budget.js'
import { Demand } from './demand.js'

export interface HeldPoolOptions {
  /** Starts one; rejects where that is not possible now. */
  readonly start: (spec: HeldSpec) => Promise<HeldSandbox>
  /** What to start next: one that serves the executions that are usually asked for. */
  readonly spec: (executionId: string) => HeldSpec
  readonly name: string
  /** What one takes of the budget. */
  readonly memoryBytes: number
  readonly budget: WarmBudget
  /** Most that wait at once. */
  readonly most: number
  readonly now?: () => number
}

/** After a failed start, so that a machine in trouble is left alone. */
const PAUSE_AFTER_FAILURE_MS = 5000
const FORGET_DEMAND_AFTER_MS = 60_000

export class HeldPool {
  readonly #options: HeldPoolOptions
  readonly #ready: HeldSandbox[] = []
  readonly #demand: Demand
  #starting = 0
  #count = 0
  #pausedUntil = 0
  #closed = false

  constructor(options: HeldPoolOptions) {
    this.#options = options
    this.#demand = new Demand({ least: 1, most: options.most, forgetAfterMs: FORGET_DEMAND_AFTER_MS })
  }

  get size(): number {
    return this.#ready.length
  }

  #now(): number {
    return (this.#options.now ?? performance.now.bind(performance))()
  }

  /** The one that has waited longest, now the caller's. A new one is started in its place. */
  take(): HeldSandbox | undefined {
    const taken = this.#ready.shift()
    this.#demand.asked(taken !== undefined, this.#now())
    if (taken !== undefined) this.#options.budget.give(this.#options.memoryBytes)
    // After the caller has sent his program on its way, which matters more.
    setImmediate(() => this.adjust())
    return taken
  }

  /** Starts what is missing, one after the other, and gives up what is too many or what the machine needs back. */
  adjust(): void {
    const { budget, memoryBytes } = this.#options
    const now = this.#now()
    const wanted = this.#closed || budget.isShort() ? 0 : this.#demand.wanted(now)
    while (this.#ready.length > wanted) this.#drop(this.#ready[0]!)
    if (now < this.#pausedUntil || this.#starting > 0) return
    if (this.#ready.length >= wanted || !budget.take(memoryBytes)) return
    this.#starting += 1
    this.#start().then(
      () => this.#started(),
      () => {
        budget.give(memoryBytes)
        this.#pausedUntil = this.#now() + PAUSE_AFTER_FAILURE_MS
        this.#starting -= 1
      },
    )
  }

  #started(): void {
    this.#starting -= 1
    this.adjust()
  }

  async #start(): Promise<void> {
    const { start, spec, name } = this.#options
    this.#count += 1
    const held = await start(spec(`${name}-${this.#count}`))
    try {
      await held.started
    } catch (error) {
      await held.dispose()
      throw error
    }
    this.#ready.push(held)
    void held.ended.then(() => this.#drop(held))
    if (this.#closed) this.#drop(held)
  }

  #drop(held: HeldSandbox): void {
    const index = this.#ready.indexOf(held)
    if (index === -1) return
    this.#ready.splice(index, 1)
    this.#options.budget.give(this.#options.memoryBytes)
    void held.dispose().catch(() => {})
  }

  close(): void {
    this.#closed = true
    this.adjust()
  }
}
