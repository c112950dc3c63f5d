import type { StageLimits } from './limits.js'
import type { TestPlan, TestResult } from './test-case.js'
import type { StopReason, Verdict } from './verdict.js'

export type Stage = 'compile' | 'run'
export type OutputStream = 'stdout' | 'stderr'

/** One source file. `name` is relative to the work folder, validated, may contain folders. */
export interface SourceFile {
  readonly name: string
  readonly content: Uint8Array
}

/** A validated execution, ready to be queued: every default is filled in, every limit resolved. */
export interface ExecutionRequest {
  readonly jobId: string
  /** Canonical language id. */
  readonly language: string
  readonly files: readonly SourceFile[]
  /** Name of the file the program starts from; one of `files`. */
  readonly entryPoint: string
  readonly stdin: Uint8Array
  readonly args: readonly string[]
  readonly limits: StageLimits
  /** CPUs the program may use at once; absent means the server's default. */
  readonly cpus?: number
  /** Run once per case instead of once; `stdin` and `args` are then those of the cases. */
  readonly tests?: TestPlan
}

/** What a stage used, as the kernel counted it. */
export interface Usage {
  readonly wallTimeMs: number
  readonly cpuTimeMs: number
  /** Peak memory of all processes of the stage together. */
  readonly memoryBytes: number
}

/** How one stage ended; the same shape whether it passed, failed or was stopped. */
export interface StageResult {
  readonly stdout: string
  readonly stderr: string
  /** Both streams in order of arrival. */
  readonly output: string
  /** Exit code, or null when a signal ended the main process. */
  readonly exitCode: number | null
  /** Name of the signal that ended the main process (`SIGSEGV`), or null. */
  readonly signal: string | null
  /** The limit or request that stopped the stage; the first cause, or null. */
  readonly stopReason: StopReason | null
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean }
  readonly usage: Usage
}

/** The result of an execution. `run` is null when compilation failed. */
export interface ExecutionResult {
  readonly jobId: string
  readonly language: string
  /** Version of the runtime, as the runtime itself reports it. */
  readonly version: string
  readonly status: Verdict
  /** One sentence for the person who sent the program, null when it succeeded. */
  readonly errorMessage: string | null
  readonly compile: StageResult | null
  /** With tests: that of the first case whose program failed, else of the last that ran. */
  readonly run: StageResult | null
  /** One per case, in order, where the request had tests. */
  readonly tests?: readonly TestResult[]
}
