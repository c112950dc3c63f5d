/**
 * Between those who want executions and those who run them. Bounded, fair between clients, drained on stop.
 *
 * Promised: a submitted job ends with a result or an error, always; `QUEUE_FULL` and `SHUTTING_DOWN` are thrown
 * before anything is queued; aborting a queued job removes it, aborting a running one kills its program.
 * Not in this interface: storage of results, retention, rate limits.
 */
import type { ExecutionObserver } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'

export interface SubmitOptions {
  /** Jobs of different clients take turns; jobs of one client keep their order. Never logged or stored. */
  readonly clientKey?: string
  readonly signal?: AbortSignal
  readonly onEvent?: ExecutionObserver
}

export interface JobContext {
  /** Aborted when the submitter cancels or the drain deadline has passed; the handler then ends with all its work. */
  readonly signal: AbortSignal
  readonly emit: ExecutionObserver
  /** Whether anyone follows the events as they come, so that what was emitted cannot be taken back. */
  readonly followed: boolean
}

export type JobHandler = (request: ExecutionRequest, context: JobContext) => Promise<ExecutionResult>

export interface QueueStats {
  readonly queued: number
  readonly running: number
  readonly capacity: number
}

export interface JobQueue {
  /**
   * Resolves with the result; rejects with ServiceError when the job was refused or the platform failed, and with the
   * signal's reason when it was aborted before it started.
   */
  submit(request: ExecutionRequest, options?: SubmitOptions): Promise<ExecutionResult>
  /** Starts taking jobs, at most `concurrency` at once. */
  consume(handler: JobHandler, concurrency: number): JobConsumer
  stats(): QueueStats
  /** Refuses new jobs from now on; queued and running ones go on. */
  close(): Promise<void>
}

export interface JobConsumer {
  /**
   * Takes no new job; resolves when running and queued ones are done, or aborts them at the deadline. Those then
   * reject with `SHUTTING_DOWN`.
   */
  drain(deadlineMs: number): Promise<void>
}
