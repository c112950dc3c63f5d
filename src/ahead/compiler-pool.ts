/** The resident compilers of one language: one, or none where the machine has no memory for it. */
import type { Limits } from '../contract/limits.js'
import type { WarmBudget } from './budget.js'
import { ResidentCompiler } from './resident-compiler.js'
import type { CompilerRun, ResidentCompilerOptions } from './resident-compiler.js'

export interface CompilerPoolOptions extends ResidentCompilerOptions {
  readonly budget: WarmBudget
}

export interface PoolRun extends CompilerRun {
  /** Whether the compiler that answered still serves. */
  readonly isCurrent: () => boolean
}

/** Longer than nearly all compilations, far shorter than the start of a compiler. */
const PATIENCE_MS = 60
const MOST_WAITING = 16
const PAUSE_AFTER_END_MS = 1000

export class CompilerPool {
  readonly #options: CompilerPoolOptions
  #compiler: ResidentCompiler | undefined
  #isReady = false
  #isBusy = false
  readonly #waiting: ((free: boolean) => void)[] = []
  #notBefore = 0
  #count = 0
  #closed = false

  constructor(options: CompilerPoolOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#isReady ? 1 : 0
  }

  /** Undefined where there is no compiler, or it is busy for long. */
  async compile(request: Uint8Array, limits: Limits, signal: AbortSignal): Promise<PoolRun | undefined> {
    if (!(await this.#free())) return undefined
    const compiler = this.#compiler
    if (compiler === undefined || !this.#isReady) {
      this.#next()
      return undefined
    }
    try {
      const run = await compiler.compile(request, limits, signal)
      if (compiler.compilations >= this.#options.recipe.maxCompilations) compiler.close()
      return { ...run, isCurrent: () => this.#compiler === compiler && !compiler.over }
    } finally {
      this.#next()
    }
  }

  #free(): Promise<boolean> {
    if (!this.#isReady || this.#waiting.length >= MOST_WAITING) return Promise.resolve(false)
    if (!this.#isBusy) {
      this.#isBusy = true
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const settle = (free: boolean): void => {
        clearTimeout(timer)
        resolve(free)
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(settle), 1)
        resolve(false)
      }, PATIENCE_MS)
      this.#waiting.push(settle)
    })
  }

  #next(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#isBusy = false
    else next(true)
  }

  /** Starts the compiler where it is missing, or ends it where the machine needs its memory back. */
  adjust(): void {
    const { budget, recipe } = this.#options
    if (this.#compiler !== undefined) {
      if (budget.isShort() && !this.#isBusy) this.#compiler.close()
      return
    }
    if (this.#closed || performance.now() < this.#notBefore || !budget.take(recipe.memoryBytes)) return
    this.#count += 1
    const compiler = new ResidentCompiler({
      ...this.#options,
      name: `${this.#options.name}-${this.#count}`,
    })
    this.#compiler = compiler
    compiler.ready.then(
      () => {
        this.#isReady = this.#compiler === compiler && !compiler.over
      },
      () => {},
    )
    void compiler.ended.then(() => {
      this.#compiler = undefined
      this.#isReady = false
      this.#notBefore = performance.now() + PAUSE_AFTER_END_MS
      budget.give(recipe.memoryBytes)
    })
  }

  close(): void {
    this.#closed = true
    this.#compiler?.close()
  }
}
