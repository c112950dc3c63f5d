/**
 * What outlives a request: submissions, executions that clients asked to keep, shares.
 *
 * Promised: a write that resolved is there after the process or the machine has died; of several attempts to end a
 * submission one wins; what `prune` removed is gone from the disk; the records take no more room than the store was
 * given, between two prunes neither: who writes makes room first. Methods reject with ServiceError `STORE_UNAVAILABLE`
 * while the database is away, and work again by themselves when it is back; with `STORE_FULL` where nothing may be
 * deleted to make room, and with `PAYLOAD_TOO_LARGE` for a record that would take too large a part of it.
 *
 * Not in this interface: the queue, who may see what, rendering for clients, event streams, listing of records.
 */
import type { AnalysisReport } from '../contract/analysis.js'
import type { ExecutionRequest } from '../contract/execution.js'
import type {
  CallbackOutcome,
  DueCallback,
  ExecutionsSummary,
  Holder,
  NewSubmission,
  PruneReport,
  Retention,
  SavedExecution,
  ShareRecord,
  SubmissionEnding,
  SubmissionHead,
  SubmissionRecord,
  UnfinishedSubmission,
} from './records.js'

export interface ExecutionStore {
  /**
   * Adds submissions with status `queued`, all or none where the database can. The owner stands for their client.
   * Rejects with `CLIENT_STORE_FULL` where what has not ended takes all the room of one client.
   */
  addSubmissions(submissions: readonly NewSubmission[], owner: string): Promise<void>
  getSubmission(jobId: string): Promise<SubmissionRecord | undefined>
  /** As `getSubmission` but for its bodies, which are not read for it. */
  getSubmissionHead(jobId: string): Promise<SubmissionHead | undefined>
  getRequest(jobId: string): Promise<ExecutionRequest | undefined>
  /** Notes a start and counts the attempt. False when the submission has ended already, or is gone. */
  markRunning(jobId: string, startedAtMs: number): Promise<boolean>
  /** Puts a running submission back in line, as when the service stops before it has ended. */
  markQueued(jobId: string): Promise<boolean>
  /** Ends a submission; true for the one call that did. Makes its callback due. */
  finishSubmission(jobId: string, ending: SubmissionEnding): Promise<boolean>
  /** Adds the analysis of a submission that ended before its analysis did; nothing where there is one already. */
  addAnalysis(jobId: string, analysis: AnalysisReport): Promise<void>
  /** Forgets a submission, as when the queue refused it. */
  removeSubmission(jobId: string): Promise<void>
  /** Submissions that have not ended, oldest first, after the given one. */
  unfinishedSubmissions(
    limit: number,
    after?: Pick<UnfinishedSubmission, 'createdAtMs' | 'jobId'>,
  ): Promise<readonly UnfinishedSubmission[]>

  /** Takes callbacks that are due; each is due again at `retryAtMs` unless it is settled before. */
  claimCallbacks(nowMs: number, retryAtMs: number, limit: number): Promise<readonly DueCallback[]>
  /** Says how a delivery went. `waiting` needs the time of the next one. */
  settleCallback(jobId: string, outcome: CallbackOutcome, nextAttemptAtMs: number | null): Promise<void>

  /** Saving the same execution again changes nothing. */
  saveExecution(execution: SavedExecution, holder: Holder): Promise<void>
  getExecution(jobId: string): Promise<SavedExecution | undefined>
  /** Figures of all saved executions; percentiles are within one per cent. */
  summarizeExecutions(): Promise<ExecutionsSummary>

  /** Rejects with `CLIENT_STORE_FULL` where the shares of this owner take all the room of one client. */
  addShare(share: ShareRecord, owner: string): Promise<void>
  /** Undefined from its expiry on, whether it is still on the disk or not. */
  getShare(id: string, nowMs: number): Promise<ShareRecord | undefined>

  /** The value kept under a name; the given one is kept when there was none. */
  settingOr(name: string, value: string): Promise<string>

  /**
   * Deletes what is past its time, then what is too much: the oldest of whoever holds most. Gives the space back.
   * Submissions that have not ended stay, and those past their time whose callback is not settled; shares stay until
   * they expire, unless they alone take more than their part.
   */
  prune(retention: Retention, nowMs: number): Promise<PruneReport>
  /** Rejects while the database cannot be used. */
  check(): Promise<void>
  close(): Promise<void>
}
