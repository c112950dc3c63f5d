/** Connects the queue to execution: slots, one more attempt when the platform failed, drain. */
import { ServiceError } from '../contract/errors.js'
import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import { isTransient } from '../execution/platform-failure.js'
import type { ExecutionContext } from '../execution/run-execution.js'
import { INTERNAL_ERROR_MESSAGE } from '../execution/verdict.js'
import type { ConsumerLoad, JobHandler, JobQueue, RoomBesideSlots } from '../queue/job-queue.js'
import { VisibleEvents } from './visible-events.js'

/** Follows every job of a worker: metrics, logs. Must not throw. */
export type JobObserver = (request: ExecutionRequest, event: ExecutionEvent) => void

export interface WorkerOptions {
  readonly queue: Pick<JobQueue, 'consume'>
  readonly execute: (request: ExecutionRequest, context: ExecutionContext) => Promise<ExecutionResult>
  /** Version of a language's runtime, for results of executions that the platform failed. */
  readonly runtimeVersion: (language: string) => string | undefined
  /** Jobs that run at once. */
  readonly slots: number
  /** What may run beside those. */
  readonly beside?: RoomBesideSlots
  readonly observers?: readonly JobObserver[]
}

export interface Worker {
  /** What it runs now. */
  load(): ConsumerLoad
  /** Takes no new job; resolves when none runs any more, having ended at the deadline what still ran. */
  drain(deadlineMs: number): Promise<void>
}

export function startWorker(options: WorkerOptions): Worker {
  const { queue, observers = [], slots, beside } = options
  const handler: JobHandler = async (request, context) => {
    const visible = new VisibleEvents(context)
    const emit = (event: ExecutionEvent): void | Promise<void> => {
      for (const observe of observers) observe(request, event)
      return visible.emit(event)
    }
    const { signal, input, onActivity } = context
    const attempt = {
      signal,
      emit,
      ...(input !== undefined && { input }),
      ...(onActivity !== undefined && { onActivity }),
    }
    const result = await executeOrFail(request, attempt, visible, options)
    await emit({ type: 'finished', result })
    return result
  }
  return queue.consume(handler, slots, beside)
}

async function executeOrFail(
  request: ExecutionRequest,
  context: ExecutionContext,
  visible: VisibleEvents,
  { execute, runtimeVersion }: WorkerOptions,
): Promise<ExecutionResult> {
  try {
    return await execute(request, context).catch((error: unknown) => {
      const wasNoticed = visible.hasOutput || context.input?.used === true
      if (!isTransient(error) || context.signal.aborted || wasNoticed) throw error
      return execute(request, context)
    })
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'INTERNAL_ERROR') throw error
    return failedByPlatform(request, runtimeVersion(request.language) ?? '')
  }
}

/** The program ran, or was about to, and nobody can say how it would have ended. */
function failedByPlatform({ jobId, language }: ExecutionRequest, version: string): ExecutionResult {
  return {
    jobId,
    language,
    version,
    status: 'internal_error',
    errorMessage: INTERNAL_ERROR_MESSAGE,
    compile: null,
    run: null,
  }
}
