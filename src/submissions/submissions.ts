/**
 * The asynchronous life of a submission: accept, run through the queue, record, cancel, wait.
 *
 * An accepted submission is in the store before its client hears of it, and leaves it only with an end or by
 * retention. Whatever the queue says of it is recorded, and tried again while the database is away.
 */
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import { ServiceError } from '../contract/errors.js'
import type { ExecutionRequest } from '../contract/execution.js'
import { requestBytes } from '../queue/bounds.js'
import { FollowedElsewhere } from '../queue/job-queue.js'
import type { JobQueue } from '../queue/job-queue.js'
import type { ExecutionStore } from '../store/execution-store.js'
import type { NewSubmission, SubmissionHead, SubmissionRecord } from '../store/records.js'
import { EndWatch } from './end-watch.js'
import type { EventStream } from './event-stream.js'
import { LiveSubmission } from './live-submission.js'
import { adoptSubmissions, recoverSubmissions } from './recover.js'
import type { Recorder } from './recorder.js'
import { createRecorder } from './recorder.js'
import { formatId, isSameKey, newSubmissionId, parseId } from './submission-id.js'

/** How soon, and later how often, a record is looked at that another process may change without telling. */
const FIRST_POLL_MS = 1000
const LATER_POLL_MS = 5000
/** A killed program is gone well within this. */
const CANCEL_WAIT_MS = 5000

export interface SubmissionsOptions {
  /** One that other processes share can also cancel, and says what nobody follows. */
  readonly queue: Pick<JobQueue, 'submit' | 'refusal' | 'cancel' | 'unattended' | 'forget'>
  readonly store: ExecutionStore
  readonly events: EventStream
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Static analysis, for submissions that ask for it. */
  readonly analyze?: (request: AnalysisRequest, clientKey: string) => Promise<AnalysisReport>
  /** Told of faults that no client hears of. */
  readonly onFault?: (fault: { readonly jobId: string; readonly error: unknown }) => void
  /** Called when a submission with a callback has ended. */
  readonly onCallbackDue?: () => void
}

/** A submission as its client sends it, checked. */
export interface Order {
  readonly request: ExecutionRequest
  readonly saveMetric: boolean
  readonly analyze: boolean
  readonly callbackUrl: string | null
}

export interface SubmissionView {
  readonly id: string
  readonly record: SubmissionRecord
  /** Place in the queue, where it is known here. */
  readonly position: number | undefined
}

/** The same without what came of it. */
export interface SubmissionHeadView extends Omit<SubmissionView, 'record'> {
  readonly record: SubmissionHead
}

export interface Submissions {
  /** Ids in the order of the orders; a ServiceError in the place of one that the queue refused. */
  accept(orders: readonly Order[], clientKey: string): Promise<readonly (string | ServiceError)[]>
  /** As it stands, with a result that can be large. */
  get(id: string): Promise<SubmissionView | undefined>
  /** As it stands, without the result. */
  getHead(id: string): Promise<SubmissionHeadView | undefined>
  /** As `getHead`, but not before the submission has ended, the time has passed or the signal was aborted. */
  wait(id: string, waitMs: number, signal: AbortSignal): Promise<SubmissionHeadView | undefined>
  /** Kills the program of a submission that has not ended; gives what became of it. */
  cancel(id: string): Promise<SubmissionHeadView | undefined>
  /** Puts what an earlier process left unfinished back in line. Only where the queue died with that process. */
  recover(): Promise<void>
  /** Takes over what other processes have accepted and follow no more, where the queue is shared. */
  adopt(): Promise<void>
  /** Resolves when everything the queue has answered is recorded; afterwards only what is stored is left. */
  settled(): Promise<void>
}

export function createSubmissions(options: SubmissionsOptions): Submissions {
  const { queue, store, events, clock } = options
  const isShared = queue.unattended !== undefined
  const live = new Map<string, LiveSubmission>()
  const recorder: Recorder = createRecorder(options)

  /** Resolves when the queue has taken it; rejects when it was refused. */
  const enqueue = (submission: NewSubmission, clientKey: string | undefined): Promise<void> => {
    const entry = new LiveSubmission(submission, {
      queue,
      recorder,
      events,
      clock,
      isShared,
      analyze: options.analyze,
    })
    live.set(submission.jobId, entry)
    void entry.settled.then(() => live.delete(submission.jobId))
    return entry.submit(clientKey)
  }

  const viewOf = async <R extends SubmissionHead>(
    id: string,
    read: (jobId: string) => Promise<R | undefined>,
  ): Promise<{ id: string; record: R; position: number | undefined } | undefined> => {
    const parsed = parseId(id)
    const record = parsed && (await read(parsed.jobId))
    if (parsed === undefined || record === undefined || !isSameKey(record.key, parsed.key)) return undefined
    const position = record.status === 'queued' ? live.get(record.jobId)?.position : undefined
    return { id, record, position }
  }
  const get = (id: string): Promise<SubmissionView | undefined> =>
    viewOf(id, (jobId) => store.getSubmission(jobId))
  const getHead = (id: string): Promise<SubmissionHeadView | undefined> =>
    viewOf(id, (jobId) => store.getSubmissionHead(jobId))

  const untilEnded = async (
    view: SubmissionHeadView,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<SubmissionHeadView | undefined> => {
    const deadlineMs = performance.now() + waitMs
    const watch = new EndWatch(events, view.record.jobId)
    let pollMs = FIRST_POLL_MS
    let current: SubmissionHeadView | undefined = view
    while (current !== undefined && current.record.finishedAtMs === null) {
      const leftMs = deadlineMs - performance.now()
      if (leftMs <= 0 || signal.aborted) break
      const entry = live.get(current.record.jobId)
      if (entry !== undefined) await pause(leftMs, signal, entry.ended)
      else await pause(Math.min(pollMs, leftMs), signal, watch.told())
      pollMs = Math.min(pollMs * 1.5, LATER_POLL_MS)
      current = await getHead(view.id)
    }
    watch.stop()
    return current
  }

  return {
    async accept(orders, clientKey) {
      // What the queue would refuse is not stored first.
      let bytes = 0
      const submissions = orders.map((order): NewSubmission | ServiceError => {
        const withThis = bytes + requestBytes(order.request)
        const refusal = queue.refusal?.(clientKey, withThis)
        if (refusal !== undefined) return refusal
        bytes = withThis
        const { jobId, key } = newSubmissionId(order.request.jobId)
        return { ...order, jobId, key, createdAtMs: clock() }
      })
      const stored = submissions.filter(
        (submission): submission is NewSubmission => !(submission instanceof ServiceError),
      )
      if (stored.length > 0) await store.addSubmissions(stored, clientKey)
      return Promise.all(
        submissions.map(async (submission) => {
          if (submission instanceof ServiceError) return submission
          try {
            await enqueue(submission, clientKey)
            return formatId(submission)
          } catch (error) {
            // Another process was quicker to find it in the store: it is accepted all the same.
            if (error instanceof FollowedElsewhere) return formatId(submission)
            await store.removeSubmission(submission.jobId)
            if (error instanceof ServiceError) return error
            throw error
          }
        }),
      )
    },

    get,
    getHead,

    async wait(id, waitMs, signal) {
      const view = await getHead(id)
      return view && untilEnded(view, waitMs, signal)
    },

    async cancel(id) {
      const view = await getHead(id)
      if (view === undefined || view.record.finishedAtMs !== null) return view
      const entry = live.get(view.record.jobId)
      const state = entry === undefined ? await queue.cancel?.(view.record.jobId) : 'running'
      if (entry !== undefined) entry.cancel()
      // Whoever follows it, if anyone does, hears of it too; of several records of its end the first counts.
      else if (state !== 'running' && state !== 'gone') await recorder.recordCancelled(view.record)
      const after = await untilEnded(view, CANCEL_WAIT_MS, new AbortController().signal)
      if (state !== 'gone' || after?.record.finishedAtMs !== null) return after
      await recorder.recordCancelled(view.record)
      return getHead(id)
    },

    recover: () => recoverSubmissions({ store, recorder, enqueue, isLive: (jobId) => live.has(jobId) }),

    adopt: () => adoptSubmissions({ store, queue, clock, enqueue, isLive: (jobId) => live.has(jobId) }),

    async settled() {
      await Promise.all(Array.from(live.values(), ({ settled }) => settled))
    },
  }
}

/** Resolves when the time has passed, the signal is aborted or the other thing has happened. */
async function pause(milliseconds: number, signal: AbortSignal, other?: Promise<unknown>): Promise<void> {
  let onAbort: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
    onAbort = resolve
    signal.addEventListener('abort', onAbort)
  })
  if (!signal.aborted) await Promise.race(other === undefined ? [passed] : [passed, other])
  clearTimeout(timer)
  if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
}
