/** After a restart: what an earlier process accepted and did not end runs again, once if it had begun. */
import { ServiceError } from '../contract/errors.js'
import type { ExecutionStore } from '../store/execution-store.js'
import type { NewSubmission, UnfinishedSubmission } from '../store/records.js'
import { internalError } from './live-submission.js'
import { FollowedElsewhere } from '../queue/job-queue.js'
import type { JobQueue } from '../queue/job-queue.js'
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

/** A submission is in the store a little before it is in the queue; the clocks of two hosts may differ a little too. */
const ADOPT_AFTER_MS = 10_000

export interface Adoption extends Omit<Recovery, 'recorder'> {
  readonly queue: Pick<JobQueue, 'unattended'>
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/**
 * Beside other processes: follows what nobody follows any more, because the process that had accepted it has died or
 * the queue has lost it. Where the queue has the job still, or its result, it does not run again.
 */
export async function adoptSubmissions(adoption: Adoption): Promise<void> {
  const { store, queue, clock, enqueue, isLive } = adoption
  let page = await store.unfinishedSubmissions(PAGE)
  while (page.length > 0) {
    const others = page.filter(
      ({ jobId, createdAtMs }) => !isLive(jobId) && clock() - createdAtMs > ADOPT_AFTER_MS,
    )
    const otherIds = others.map(({ jobId }) => jobId)
    const left = (await queue.unattended?.(otherIds)) ?? []
    for (const jobId of left) {
      const record = await store.getSubmission(jobId)
      const request = await store.getRequest(jobId)
      if (record === undefined || request === undefined || record.finishedAtMs !== null) continue
      await enqueueWhenThereIsRoom(() => enqueue({ ...record, request }, undefined))
    }
    page = await store.unfinishedSubmissions(PAGE, page.at(-1))
  }
}

async function enqueueWhenThereIsRoom(enqueue: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await enqueue()
    } catch (error) {
      // Left as it is: the next start finds it again.
      if (error instanceof FollowedElsewhere) return undefined
      if (!(error instanceof ServiceError) || error.code === 'SHUTTING_DOWN') return undefined
      if (error.code !== 'QUEUE_FULL') throw error
    }
    await new Promise((resolve) => {
      setTimeout(resolve, FULL_QUEUE_PAUSE_MS)
    })
  }
}
