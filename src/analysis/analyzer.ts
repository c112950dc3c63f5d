/**
 * Finds out what code is about to do. Promised: an answer within a bounded time whatever the source is; the event
 * loop of the caller stays free; a source that breaks the parser breaks only its own analysis.
 * Not in this interface: deciding whether a program may run (nothing here ever does), caching, storing.
 */
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'

export interface AnalysisOptions {
  /** Analyses of different clients take turns. Never logged or stored. */
  readonly clientKey?: string
  readonly signal?: AbortSignal
}

export interface Analyzer {
  /**
   * Rejects only with ServiceError QUEUE_FULL or SHUTTING_DOWN, or with the signal's reason when aborted while it
   * waits. An analysis that fails is a report with the status `failed`.
   */
  analyze(request: AnalysisRequest, options?: AnalysisOptions): Promise<AnalysisReport>
  /** Takes no new work; what runs or waits is answered as `failed`. */
  close(): Promise<void>
}
