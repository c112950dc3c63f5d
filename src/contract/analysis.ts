import type { SourceFile } from './execution.js'

/** How much a finding matters, worst first. Analysis informs; it never decides whether a program may run. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const

export type Severity = (typeof SEVERITIES)[number]

/** What a finding is about, with the sentence the documentation shows for it. */
export const CATEGORIES = {
  'code-injection': 'Runs code that is made or fetched while the program runs.',
  'system-command': 'Starts other programs, makes processes, or changes the system they run on.',
  network: 'Talks to other machines, or waits for them to talk.',
  'file-destruction': 'Deletes or overwrites files and folders for good.',
  'dynamic-import': 'Loads a module, class or library whose name is only known while the program runs.',
  deserialisation: 'Turns bytes into objects in a way that crafted bytes can take over.',
  'infinite-loop': 'Loops for ever: nothing inside the loop can leave it.',
  'blocking-input': 'Waits for input that nobody may be there to type.',
  quality: 'Is legal and harmless to others, but almost surely not what was meant.',
} as const

export type FindingCategory = keyof typeof CATEGORIES

/**
 * One thing the code is about to do, and where. Positions are those of editors: lines and columns from 1, columns in
 * UTF-16 code units, `endColumn` just past the last character.
 */
export interface Finding {
  /** Id of the rule: `python/os-command`. */
  readonly rule: string
  readonly category: FindingCategory
  readonly severity: Severity
  /** A sentence that teaches. Plain text with names in backticks; may quote the source. */
  readonly message: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/**
 * How far the analysis came.
 * `complete`: every source file was read whole. `partial`: a bound was reached, `notes` says which.
 * `unsupported`: there is no grammar for the language. `failed`: nothing could be found out; `notes` says why.
 */
export type AnalysisStatus = 'complete' | 'partial' | 'unsupported' | 'failed'

export interface AnalysisSummary {
  readonly language: string
  readonly status: AnalysisStatus
  /** All that was found; more than `findings` lists when that list was cut. */
  readonly total: number
  readonly bySeverity: Readonly<Record<Severity, number>>
  /** Only the categories that occur. */
  readonly byCategory: Readonly<Partial<Record<FindingCategory, number>>>
  /** Severity of the worst finding, null when there is none. */
  readonly worst: Severity | null
  readonly filesAnalyzed: number
  /** Sentences on what was not looked at, and why; empty when the status is `complete`. */
  readonly notes: readonly string[]
}

export interface AnalysisReport {
  /** Sorted by file in the order sent, then position, then rule. */
  readonly findings: readonly Finding[]
  readonly summary: AnalysisSummary
}

/** What an analysis needs; every ExecutionRequest is one. */
export interface AnalysisRequest {
  /** Canonical language id. */
  readonly language: string
  readonly files: readonly SourceFile[]
  /** Analyzed whatever its extension; other files only when their extension is one of the language's. */
  readonly entryPoint: string
}
