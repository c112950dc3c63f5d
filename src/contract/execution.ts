import type { StageLimits } from './limits.js'
import type { StageResult } from './stage.js'
import type { TerminalCells } from './program-input.js'
import type { TestPlan, TestResult } from './test-case.js'
import type { Verdict } from './verdict.js'

export type { OutputStream, Stage, StageResult, Usage } from './stage.js'

/** One source file. `name` is relative to the work folder, validated, may contain folders. */
export interface SourceFile {
  readonly name: string
  readonly content: Uint8Array
}

/** One file that a compiler made. `name` is relative to the folder of compiled artefacts. */
export interface Artefact extends SourceFile {
  readonly executable: boolean
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
  /** A client talks to the program while it runs; `stdin` is then only what it gets first. */
  readonly interactive?: InteractiveOptions
  /** Where the execution belongs in a distributed trace, when the operator follows them. */
  readonly trace?: TraceLink
  /** Run once per case instead of once; `stdin` and `args` are then those of the cases. */
  readonly tests?: TestPlan
}

/** What links an execution to the request it came with, through the queue and between machines. */
export interface TraceLink {
  /** The request's span, as the `traceparent` header of W3C Trace Context writes it; absent where there is none. */
  readonly parent?: string
  /** Milliseconds since 1970, by the clock of the process that submitted it. */
  readonly submittedAtMs: number
}

export interface InteractiveOptions {
  /** The program gets a terminal of this size, else pipes. */
  readonly tty?: TerminalCells
  /** It is stopped after so long with neither input nor output. */
  readonly idleTimeMs: number
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
