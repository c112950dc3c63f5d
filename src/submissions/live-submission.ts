/** One submission between its acceptance and its end, in the process that gave it to the queue. */
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import { ServiceError } from '../contract/errors.js'
import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult, OutputStream, Stage } from '../contract/execution.js'
import { LiveText } from '../contract/live-text.js'
import { FollowedElsewhere } from '../queue/job-queue.js'
import type { JobQueue } from '../queue/job-queue.js'
import type { NewSubmission } from '../store/records.js'
import type { EventStream } from './event-stream.js'
import type { Recorder } from './recorder.js'

export interface LiveDependencies {
  readonly queue: Pick<JobQueue, 'submit' | 'forget'>
  readonly recorder: Recorder
  readonly events: EventStream
  readonly clock: () => number
  /** The queue outlives this process, and another one goes on with what it leaves. */
  readonly isShared: boolean
  readonly analyze: ((request: AnalysisRequest, clientKey: string) => Promise<AnalysisReport>) | undefined
}

export class LiveSubmission {
  /** Resolves when its end is recorded, or it was refused. */
  readonly ended: Promise<void>
  /** Resolves after that, when an analysis that took longer is recorded too. */
  readonly settled: Promise<void>
  position: number | undefined
  readonly #submission: NewSubmission
  readonly #dependencies: LiveDependencies
  readonly #aborter = new AbortController()
  #started: Promise<void> | undefined
  #text = new LiveText()
  #analysis: AnalysisReport | null = null
  #analyzed: Promise<void> = Promise.resolve()
  #resolveEnded: () => void = () => {}
  #resolveSettled: () => void = () => {}

  constructor(submission: NewSubmission, dependencies: LiveDependencies) {
    this.#submission = submission
    this.#dependencies = dependencies
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.settled = new Promise((resolve) => {
      this.#resolveSettled = resolve
    })
  }

  /** Resolves when the queue has taken it; rejects when it refused. */
  submit(clientKey: string | undefined): Promise<void> {
    const { request } = this.#submission
    return new Promise((accepted, refused) => {
      let isAccepted = false
      const onAccepted = (): void => {
        isAccepted = true
        this.#startAnalysis(clientKey ?? '')
        accepted()
      }
      this.#dependencies.queue
        .submit(request, {
          ...(clientKey !== undefined && { clientKey }),
          signal: this.#aborter.signal,
          onEvent: (event) => this.#onEvent(event),
          onAccepted,
          durable: this.#dependencies.isShared,
          priority: 'later',
        })
        .then(
          async (result) => {
            if (!isAccepted) onAccepted()
            await this.#finish(result)
          },
          async (error: unknown) => {
            if (isAccepted) await this.#fail(error)
            else refused(error)
          },
        )
        .finally(() => {
          this.#resolveEnded()
          this.#resolveSettled()
        })
    })
  }

  cancel(): void {
    this.#aborter.abort(new Error('cancelled by its client'))
  }

  #startAnalysis(clientKey: string): void {
    const { analyze, events } = this.#dependencies
    const { jobId, request } = this.#submission
    if (!this.#submission.analyze || analyze === undefined) return
    this.#analyzed = analyze(request, clientKey).then(
      (analysis) => {
        this.#analysis = analysis
        events.publish(jobId, { type: 'analysis', analysis })
      },
      () => {},
    )
  }

  #onEvent(event: ExecutionEvent): void {
    const { events, recorder } = this.#dependencies
    const { jobId } = this.#submission
    switch (event.type) {
      case 'queued':
        this.position = event.position
        events.publish(jobId, event)
        break
      case 'stage-started':
        this.#started ??= recorder.recordStart(jobId)
        this.#text = new LiveText()
        events.publish(jobId, { type: 'stage', stage: event.stage })
        break
      case 'output':
        this.#publishOutput(event.stage, event.stream, this.#text.write(event.stream, event.chunk))
        break
      case 'stage-finished':
        for (const { stream, data } of this.#text.end(event.result)) {
          this.#publishOutput(event.stage, stream, data)
        }
        break
      case 'finished':
        break
    }
  }

  #publishOutput(stage: Stage, stream: OutputStream, data: string): void {
    if (data !== '') this.#dependencies.events.publish(this.#submission.jobId, { type: stream, stage, data })
  }

  async #finish(result: ExecutionResult): Promise<void> {
    const { recorder, events } = this.#dependencies
    const { jobId, request } = this.#submission
    await this.#started
    const analysis = this.#analysis
    await recorder.recordResult(this.#submission, request, result, analysis)
    this.#forget()
    events.publish(jobId, { type: 'result' })
    this.#resolveEnded()
    await this.#analyzed
    events.end(jobId)
    if (this.#analysis !== null && analysis === null) await recorder.recordAnalysis(jobId, this.#analysis)
  }

  async #fail(error: unknown): Promise<void> {
    const { recorder, events, isShared } = this.#dependencies
    const { jobId, request } = this.#submission
    await this.#started
    if (this.#aborter.signal.aborted) {
      await recorder.recordCancelled(this.#submission)
      this.#forget()
      events.publish(jobId, { type: 'result' })
      events.end(jobId)
    } else if (isShared && isLeftToOthers(error)) {
      // Its record and its stream go on where another process takes it over.
    } else if (error instanceof ServiceError && error.code === 'SHUTTING_DOWN') {
      await recorder.recordInterrupted(jobId)
      events.end(jobId)
    } else {
      await this.#finish(internalError(request, error))
    }
  }

  /** Its end is in the store: the queue need not keep it any more. Where this is lost, it expires there. */
  #forget(): void {
    this.#dependencies.queue.forget?.(this.#submission.jobId).catch(() => {})
  }
}

function isLeftToOthers(error: unknown): boolean {
  const isStopping = error instanceof ServiceError && error.code === 'SHUTTING_DOWN'
  return isStopping || error instanceof FollowedElsewhere
}

/** The platform failed under a job that had been accepted: no error can be answered any more, only a result. */
export function internalError({ jobId, language }: ExecutionRequest, error?: unknown): ExecutionResult {
  const errorMessage =
    error instanceof ServiceError ? error.message : 'The service failed to run the program; please try again.'
  return { jobId, language, version: '', status: 'internal_error', errorMessage, compile: null, run: null }
}
