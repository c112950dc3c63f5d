/** What the store keeps. */
import type { AnalysisReport } from '../contract/analysis.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { Verdict } from '../contract/verdict.js'

export type SubmissionStatus = 'queued' | 'running' | 'finished' | 'cancelled'

/** A submission as it is accepted. */
export interface NewSubmission {
  /** Names the execution in queue and logs; alone it opens nothing. */
  readonly jobId: string
  /** The secret part of the id that the client was given. */
  readonly key: string
  readonly createdAtMs: number
  readonly request: ExecutionRequest
  readonly saveMetric: boolean
  readonly analyze: boolean
  readonly callbackUrl: string | null
}

/** A submission as it stands, without its request, which can be large and is read by `getRequest`. */
export interface SubmissionRecord extends Omit<NewSubmission, 'request'> {
  readonly language: string
  readonly status: SubmissionStatus
  /** How often it was begun; a service that dies while it runs leaves it at 1. */
  readonly attempts: number
  readonly startedAtMs: number | null
  readonly finishedAtMs: number | null
  readonly result: ExecutionResult | null
  readonly analysis: AnalysisReport | null
  readonly callback: CallbackState | null
}

/** A submission without what came of it, which can be large too. */
export type SubmissionHead = Omit<SubmissionRecord, 'result' | 'analysis'>

/** How a submission ended. */
export interface SubmissionEnding {
  readonly status: 'finished' | 'cancelled'
  readonly finishedAtMs: number
  readonly result: ExecutionResult | null
  readonly analysis: AnalysisReport | null
}

export interface UnfinishedSubmission {
  readonly jobId: string
  readonly createdAtMs: number
  readonly status: 'queued' | 'running'
  readonly attempts: number
}

/** `waiting` until the submission has ended and then until a delivery succeeded or all have failed. */
export type CallbackOutcome = 'waiting' | 'delivered' | 'failed'

export interface CallbackState {
  readonly outcome: CallbackOutcome
  readonly attempts: number
}

/** A callback whose time has come, claimed by whoever was given it. */
export interface DueCallback {
  readonly jobId: string
  readonly url: string
  /** This delivery included. */
  readonly attempts: number
}

/** One execution that its client asked to keep: what the wire contract calls the execution record. */
export interface SavedExecution {
  /** The only key to it: another one than names the execution in queue and logs. */
  readonly jobId: string
  readonly createdAtMs: number
  readonly userId: string
  readonly projectId: string
  readonly language: string
  readonly version: string
  readonly code: string
  readonly output: string
  readonly errorMessage: string | null
  readonly status: Verdict
  readonly wallTimeMs: number
  readonly cpuTimeMs: number
  readonly memoryBytes: number
}

/** Whose a saved execution is: a client's, or that of whoever a submission is. */
export type Holder = { readonly owner: string } | { readonly submission: string }

/** A program that somebody made a link to. `content` is whatever the api shares. */
export interface ShareRecord {
  readonly id: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly content: unknown
}

export interface Percentiles {
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
}

export interface ExecutionFigures {
  readonly total: number
  readonly byStatus: Readonly<Partial<Record<Verdict, number>>>
  /** Null while there is nothing to take them from. */
  readonly wallTimeMs: Percentiles | null
  readonly memoryBytes: Percentiles | null
}

export interface ExecutionsSummary extends ExecutionFigures {
  readonly byLanguage: Readonly<Record<string, ExecutionFigures>>
}

/** How long records are kept. */
export interface Retention {
  /** From the end of a submission. */
  readonly submissionMs: number
  readonly executionMs: number
}

/** Records by kind. */
export interface Deleted {
  submissions: number
  executions: number
  shares: number
}

export interface PruneReport {
  /** Since the last report, what had to make room between two included. */
  readonly deleted: Readonly<Deleted>
  /** What all records together take now. */
  readonly bytes: number
}
