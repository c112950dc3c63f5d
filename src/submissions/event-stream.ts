/**
 * What happens to a submission, for those who follow it: live, and what was missed since a given event.
 *
 * Promised: events of one job reach each follower once and in order, each under an id; a follower that comes back with
 * the last id it saw goes on after it; the stream ends after `end`. What is kept for those who come late is bounded
 * (`history-size.ts`): they begin with the oldest event that is kept.
 * Not in this interface: events of jobs that ended some time ago, whose record says everything; rendering.
 */
import type { AnalysisReport } from '../contract/analysis.js'
import type { OutputStream, Stage } from '../contract/execution.js'

export type SubmissionEvent =
  | { readonly type: 'queued'; readonly position: number }
  | { readonly type: 'stage'; readonly stage: Stage }
  /** Text in which no character is split. */
  | { readonly type: OutputStream; readonly stage: Stage; readonly data: string }
  | { readonly type: 'analysis'; readonly analysis: AnalysisReport }
  /** It has ended, and its record has the result. Only an analysis that takes longer comes after it. */
  | { readonly type: 'result' }

export interface StreamedEvent {
  readonly id: string
  readonly event: SubmissionEvent
}

export interface EventStream {
  publish(jobId: string, event: SubmissionEvent): void
  /** No more events will come; what there was can be followed for a while. */
  end(jobId: string): void
  /** Undefined where nothing is known of the job here any more, or not yet. */
  follow(
    jobId: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncIterable<StreamedEvent> | undefined>
  /** Ends what the stream holds outside this process. */
  close(): Promise<void>
}
