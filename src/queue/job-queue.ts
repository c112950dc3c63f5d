/**
 * Between those who want executions and those who run them. Bounded in jobs and bytes (`bounds.ts`), fair between
 * clients, drained on stop.
 *
 * Promised: a submitted job ends with a result or an error, always; `QUEUE_FULL` and `SHUTTING_DOWN` are thrown
 * before anything is queued; aborting a queued job removes it, aborting a running one kills its program.
 * Not in this interface: storage of results, retention, rate limits.
 */
import type { ServiceError } from '../contract/errors.js'
import type { ExecutionObserver } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { ProgramInputSource } from '../contract/program-input.js'
import type { IdleRoom } from './idle-room.js'
import type { InputChannel } from './input-channel.js'

/** `awaited`: somebody waits for the answer. `later`: it will be asked for; goes behind the others, not for ever. */
export type Priority = 'awaited' | 'later'

export interface SubmitOptions {
  /** Jobs of different clients take turns; jobs of one client keep their order. Never logged or stored. */
  readonly clientKey?: string
  /** `awaited` unless given. */
  readonly priority?: Priority
  readonly signal?: AbortSignal
  readonly onEvent?: ExecutionObserver
  /**
   * The job outlives the process that submitted it, where the queue does. Submitting the same request again, from
   * another process too, then attaches to the job or gives its result instead of running it twice.
   */
  readonly durable?: boolean
  /** Called once when the job is in the queue or has started: from then on it is not refused any more. */
  readonly onAccepted?: () => void
  /** Carries what the client says to its program; closed by the queue when the job has ended. */
  readonly input?: InputChannel
}

export interface JobContext {
  /** Aborted when the submitter cancels or the drain deadline has passed; the handler then ends with all its work. */
  readonly signal: AbortSignal
  readonly emit: ExecutionObserver
  /** Whether anyone follows the events as they come, so that what was emitted cannot be taken back. */
  readonly followed: boolean
  /** What the client says to its program, where it talks to it. */
  readonly input?: ProgramInputSource
  /** Told when the program begins to wait without using CPU, which gives its slot back, and when it goes on. */
  readonly onActivity?: (isActive: boolean) => void
}

export type JobHandler = (request: ExecutionRequest, context: JobContext) => Promise<ExecutionResult>

/** What a consumer may run beside what takes its slots; `slot-shares.ts` has the rules. */
export interface RoomBesideSlots {
  /** Programs of clients below their share that may run although all slots are taken; none unless given. */
  readonly beyond?: number
  /** Where programs that use no CPU are counted instead; without it they keep their slots. */
  readonly idleRoom?: IdleRoom
}

export interface QueueStats {
  readonly queued: number
  /** Clients whose jobs wait. */
  readonly waitingClients: number
  readonly running: number
  readonly capacity: number
  /** Bytes of the requests of jobs that wait or run, and how many there may be. */
  readonly bytes: number
  readonly maxBytes: number
}

/** What became of a job that was to be cancelled: it never ran, it is being ended, or the queue does not have it. */
export type Cancellation = 'removed' | 'running' | 'gone'

/** Thrown where a durable job is submitted again while the process that follows it is alive. It is in the queue. */
export class FollowedElsewhere extends Error {
  override readonly name = 'FollowedElsewhere'
}

export interface JobQueue {
  /**
   * Resolves with the result; rejects with ServiceError when the job was refused or the platform failed, and with the
   * signal's reason when it was aborted before it started.
   */
  submit(request: ExecutionRequest, options?: SubmitOptions): Promise<ExecutionResult>
  /** Starts taking jobs, at most `slots` at once, and what there is room for beside them. */
  consume(handler: JobHandler, slots: number, beside?: RoomBesideSlots): JobConsumer
  stats(): QueueStats
  /**
   * The error with which a job of this client would be refused now, where the queue knows without asking anybody: whoever
   * has one to submit need not read or store it first. Without `bytes`, however small it is.
   */
  refusal?(clientKey: string, bytes?: number): ServiceError | undefined
  /** Ends a job that another process has submitted, where there can be such jobs. */
  cancel?(jobId: string): Promise<Cancellation>
  /** Those of these durable jobs that no living process follows: submitting them again takes them over. */
  unattended?(jobIds: readonly string[]): Promise<readonly string[]>
  /** The result of this durable job is kept elsewhere now; until then the queue has it for whoever submits it again. */
  forget?(jobId: string): Promise<void>
  /** Refuses new jobs from now on; queued and running ones go on. */
  close(): Promise<void>
}

/** Jobs that a consumer runs: those that hold a slot, and those that use no CPU and do not. */
export interface ConsumerLoad {
  readonly busy: number
  readonly idle: number
}

export interface JobConsumer {
  load(): ConsumerLoad
  /**
   * Takes no new job; resolves when running and queued ones are done, or aborts them at the deadline. Those then
   * reject with `SHUTTING_DOWN`.
   */
  drain(deadlineMs: number): Promise<void>
}
