/** Writes down how submissions go. The one place that ends them: of several who try, the first counts. */
import type { AnalysisReport } from '../contract/analysis.js'
import { ServiceError } from '../contract/errors.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { ExecutionStore } from '../store/execution-store.js'
import type { NewSubmission, SubmissionEnding, SubmissionHead } from '../store/records.js'
import { toSavedExecution } from './saved-execution.js'
import { savedExecutionId } from './submission-id.js'

export interface RecorderOptions {
  readonly store: ExecutionStore
  readonly clock: () => number
  readonly onFault?: (fault: { readonly jobId: string; readonly error: unknown }) => void
  readonly onCallbackDue?: () => void
}

export type Recorded = Pick<NewSubmission, 'jobId' | 'key' | 'saveMetric' | 'callbackUrl' | 'createdAtMs'>

export interface Recorder {
  recordStart(jobId: string): Promise<void>
  recordResult(
    submission: Recorded,
    request: ExecutionRequest,
    result: ExecutionResult,
    analysis: AnalysisReport | null,
  ): Promise<void>
  /** What came after the end was recorded. */
  recordAnalysis(jobId: string, analysis: AnalysisReport): Promise<void>
  recordCancelled(submission: Recorded | SubmissionHead): Promise<void>
  /** It has not run to its end, and shall again. */
  recordInterrupted(jobId: string): Promise<void>
}

const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 15_000

export function createRecorder({ store, clock, onFault, onCallbackDue }: RecorderOptions): Recorder {
  /** Work whose result must not be lost is tried until the database is back. */
  const persistently = async <T>(jobId: string, write: () => Promise<T>): Promise<T | undefined> => {
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
      try {
        return await write()
      } catch (error) {
        onFault?.({ jobId, error })
        if (!(error instanceof ServiceError) || error.code !== 'STORE_UNAVAILABLE') return undefined
      }
      await new Promise((resolve) => {
        setTimeout(resolve, delayMs)
      })
    }
  }

  return {
    async recordStart(jobId) {
      // What is lost here is a time that nobody waits for; the end is written whatever happens.
      await store.markRunning(jobId, clock()).catch((error: unknown) => onFault?.({ jobId, error }))
    },

    async recordResult(submission, request, result, analysis) {
      const { jobId, saveMetric, createdAtMs, callbackUrl } = submission
      if (saveMetric) {
        const id = savedExecutionId(submission)
        const saved = toSavedExecution(request, result, { jobId: id, createdAtMs })
        await persistently(jobId, () => store.saveExecution(saved, { submission: jobId }))
      }
      const status = result.status === 'cancelled' ? 'cancelled' : 'finished'
      const end = (ending: Pick<SubmissionEnding, 'result' | 'analysis'>) =>
        persistently(jobId, () => store.finishSubmission(jobId, { status, finishedAtMs: clock(), ...ending }))
      const isEnded = await end({ result, analysis })
      // Its client waits for an end, if not for this one.
      if (isEnded === undefined) await end({ result: notKept(result), analysis: null })
      if (callbackUrl !== null) onCallbackDue?.()
    },

    async recordAnalysis(jobId, analysis) {
      await persistently(jobId, () => store.addAnalysis(jobId, analysis))
    },

    async recordCancelled({ jobId, callbackUrl }) {
      await persistently(jobId, () =>
        store.finishSubmission(jobId, {
          status: 'cancelled',
          finishedAtMs: clock(),
          result: null,
          analysis: null,
        }),
      )
      if (callbackUrl !== null) onCallbackDue?.()
    },

    async recordInterrupted(jobId) {
      // Where this fails the record says `running`, and the next start sees to it all the same.
      await store.markQueued(jobId).catch((error: unknown) => onFault?.({ jobId, error }))
    },
  }
}

/** Stands for a result that the store refused, as where there is no room for it. */
function notKept({ jobId, language, version }: ExecutionResult): ExecutionResult {
  const errorMessage = 'The program ran, but the server had no room to keep its result.'
  return { jobId, language, version, status: 'internal_error', errorMessage, compile: null, run: null }
}
