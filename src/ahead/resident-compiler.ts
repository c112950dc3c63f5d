/**
 * One compiler process that stays, in a sandbox of its own. It gets one program at a time and never runs any; what
 * it uses for one is measured by the kernel. Whatever it does but answer in time is its end, and the program is
 * compiled anew by a compiler of its own, unless it was the program that took too long.
 */
import type { Limits } from '../contract/limits.js'
import type { StopReason } from '../contract/verdict.js'
import type { AheadRecipe } from '../languages/define-language.js'
import { BASE_ENVIRONMENT } from '../languages/resolve-command.js'
import type { ResourceUse, RunningCommand, Sandbox, SandboxDriver } from '../sandbox/driver.js'
import { AnswerReader } from './compiler-protocol.js'

export type CompilerRecipe = NonNullable<AheadRecipe['compiler']>

export interface ResidentCompilerOptions {
  readonly driver: SandboxDriver
  /** Names its sandbox. */
  readonly name: string
  readonly image: string
  readonly recipe: CompilerRecipe
  readonly env: Readonly<Record<string, string>>
  readonly cpus: number
}

/** What it answered, or which limit of the compilation it was stopped for. */
export interface CompilerRun extends ResourceUse {
  readonly wallTimeMs: number
  readonly answer: Buffer | undefined
  readonly stopReason: StopReason | null
}

/** For ever, as far as limits go: it is stopped by whoever owns it. */
const UNLIMITED_MS = 7 * 24 * 3600 * 1000
const MAX_PROCESSES = 64
const SCRATCH_BYTES = 32 * 1_048_576
/** All its answers together; the next one is given to another. */
const OUTPUT_BYTES = 2 ** 40
const START_PATIENCE_MS = 60_000

export class ResidentCompiler {
  /** Resolves when it is warm; rejects when it never will be. */
  readonly ready: Promise<void>
  /** Resolves when it is of no use any more, whatever the cause. */
  readonly ended: Promise<void>
  readonly #reader = new AnswerReader()
  readonly #cpus: number
  #running: RunningCommand | undefined
  #onAnswer: ((answer: Buffer | undefined) => void) | undefined
  #sandbox: Sandbox | undefined
  #end!: () => void
  #over = false
  compilations = 0

  constructor(options: ResidentCompilerOptions) {
    this.#cpus = options.cpus
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.ready = this.#firstAnswer()
    this.ready.catch(() => {})
    this.#live(options).then(
      () => this.#finish(),
      () => this.#finish(),
    )
  }

  get over(): boolean {
    return this.#over
  }

  async #firstAnswer(): Promise<void> {
    const timer = setTimeout(() => this.close(), START_PATIENCE_MS)
    const answer = await this.#nextAnswer()
    clearTimeout(timer)
    if (answer === undefined) throw new Error('the compiler did not become ready')
  }

  #nextAnswer(): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      if (this.#over) resolve(undefined)
      else this.#onAnswer = resolve
    })
  }

  async #live({ driver, name, image, recipe, env, cpus }: ResidentCompilerOptions): Promise<void> {
    const sandbox = await driver.open({ executionId: name, image, files: [], fileSystemBytes: SCRATCH_BYTES })
    this.#sandbox = sandbox
    if (this.#over) return
    await sandbox.run({
      argv: recipe.argv,
      env: { ...BASE_ENVIRONMENT, ...env, ...recipe.env },
      cwd: '',
      stdin: 'interactive',
      limits: {
        wallTimeMs: UNLIMITED_MS,
        cpuTimeMs: UNLIMITED_MS,
        memoryBytes: recipe.memoryBytes,
        maxProcesses: MAX_PROCESSES,
        outputBytes: OUTPUT_BYTES,
        fileSizeBytes: SCRATCH_BYTES,
        cpus,
      },
      onStart: (running) => {
        this.#running = running
      },
      onOutput: (stream, chunk) => {
        if (stream === 'stdout') this.#onOutput(chunk)
      },
    })
  }

  /** One that speaks unasked, or says more than an answer can be, is not the compiler any more. */
  #onOutput(chunk: Uint8Array): void {
    try {
      if (this.#onAnswer === undefined) throw new RangeError('an answer to nothing')
      const answer = this.#reader.read(chunk)
      if (answer !== undefined) this.#settle(answer)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.close()
    }
  }

  #settle(answer: Buffer | undefined): void {
    const settle = this.#onAnswer
    this.#onAnswer = undefined
    settle?.(answer)
  }

  #finish(): void {
    this.#over = true
    this.#settle(undefined)
    void this.#sandbox?.dispose().catch(() => {})
    this.#end()
  }

  /** One compilation; the caller sees to it that there is never a second one at the same time. */
  async compile(request: Uint8Array, limits: Limits, signal: AbortSignal): Promise<CompilerRun> {
    const running = this.#running
    if (this.#over || running?.usage === undefined) return NOTHING
    this.compilations += 1
    const started = performance.now()
    const elapsed = (): number => performance.now() - started
    const answered = this.#nextAnswer()
    const before = running.usage()
    void running.write(request)
    let stopReason: StopReason | null = null
    let after: Promise<ResourceUse | null> | undefined
    const stop = (reason: StopReason): void => {
      stopReason ??= reason
      after ??= running.usage!()
      this.close()
    }
    const abort = (): void => stop('cancelled')
    signal.addEventListener('abort', abort, { once: true })
    const wall = setTimeout(() => stop('wall'), limits.wallTimeMs)
    const watch = new CpuWatch(
      before,
      () => running.usage!(),
      limits.cpuTimeMs,
      this.#cpus,
      () => stop('cpu'),
    )
    if (signal.aborted) abort()
    const answer = await answered
    clearTimeout(wall)
    watch.stop()
    signal.removeEventListener('abort', abort)
    const wallTimeMs = elapsed()
    const [first, last] = await Promise.all([before, after ?? running.usage()])
    const cpuTimeMs = first && last ? Math.max(0, last.cpuTimeMs - first.cpuTimeMs) : watch.usedMs
    const memoryBytes = (last ?? first)?.memoryBytes ?? 0
    if (stopReason === null && answer !== undefined && cpuTimeMs > limits.cpuTimeMs) stopReason = 'cpu'
    return {
      wallTimeMs,
      cpuTimeMs,
      memoryBytes,
      stopReason,
      answer: stopReason === null ? answer : undefined,
    }
  }

  /** Ends it at once; safe to call twice. */
  close(): void {
    if (this.#over) return
    this.#finish()
  }
}

const NOTHING: CompilerRun = {
  wallTimeMs: 0,
  cpuTimeMs: 0,
  memoryBytes: 0,
  stopReason: null,
  answer: undefined,
}

/** Asks for the CPU time used, never before all CPUs together could have used up what is left. */
class CpuWatch {
  usedMs = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(
    before: Promise<ResourceUse | null>,
    usage: () => Promise<ResourceUse | null>,
    limitMs: number,
    cpus: number,
    onExceeded: () => void,
  ) {
    const check = async (): Promise<void> => {
      const [first, now] = await Promise.all([before, usage()])
      if (this.#stopped || !first || !now) return
      this.usedMs = now.cpuTimeMs - first.cpuTimeMs
      if (this.usedMs > limitMs) onExceeded()
      else wait((limitMs - this.usedMs) / cpus)
    }
    const wait = (ms: number): void => {
      this.#timer = setTimeout(() => void check(), Math.max(1, ms))
    }
    wait(limitMs / cpus)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }
}
