/** After a restart: what an earlier process accepted and did not end runs again, once if it had begun. */
import { ServiceError } from '../contract/errors.js'
import type { ExecutionStore } from '../store/execution-store.js'
import type { NewSubmission, UnfinishedSubmission } from '../store/records.js'
import { internalError } from './live-submission.js'
import type { Recorder } from './recorder.js'

const PAGE = 100
/** A submission that was begun so often and never ended takes its process with it, or might. */
const MOST_ATTEMPTS = 2
const FULL_QUEUE_PAUSE_MS = 1000

export interface Recovery {
  readonly store: ExecutionStore
  readonly recorder: Recorder
  readonly enqueue: (submission: NewSubmission, clientKey: string | undefined) => Promise<void>
  /** True for what this process has accepted itself. */
  readonly isLive: (jobId: string) => boolean
}

export async function recoverSubmissions({ store, recorder, enqueue, isLive }: Recovery): Promise<void> {
  const resume = async ({ jobId, status, attempts }: UnfinishedSubmission): Promise<void> => {
    const record = await store.getSubmission(jobId)
    const request = await store.getRequest(jobId)
    if (record === undefined || request === undefined || record.finishedAtMs !== null) return
    const submission: NewSubmission = { ...record, request }
    if (status === 'running' && attempts >= MOST_ATTEMPTS) {
      await recorder.recordResult(submission, request, internalError(request), null)
      return
    }
    if (status === 'running') await store.markQueued(jobId)
    await enqueueWhenThereIsRoom(() => enqueue(submission, undefined))
  }

  let page = await store.unfinishedSubmissions(PAGE)
  while (page.length > 0) {
    for (const unfinished of page) if (!isLive(unfinished.jobId)) await resume(unfinished)
    page = await store.unfinishedSubmissions(PAGE, page.at(-1))
  }
}

async function enqueueWhenThereIsRoom(enqueue: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await enqueue()
    } catch (error) {
      // Left as it is: the next start finds it again.
      if (!(error instanceof ServiceError) || error.code === 'SHUTTING_DOWN') return undefined
      if (error.code !== 'QUEUE_FULL') throw error
    }
    await new Promise((resolve) => {
      setTimeout(resolve, FULL_QUEUE_PAUSE_MS)
    })
  }
}
