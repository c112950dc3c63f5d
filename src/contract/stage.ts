import type { StopReason } from './verdict.js'

export type Stage = 'compile' | 'run'
export type OutputStream = 'stdout' | 'stderr'

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
  /** What an identical compile stage said earlier: nothing was run this time, so `usage` is nothing. */
  readonly cached?: true
}
