/** One submission between its acceptance and its end, in the process that gave it to the queue. */
import { StringDecoder } from 'node:string_decoder'
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import { ServiceError } from '../contract/errors.js'
import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult, OutputStream, Stage } from '../contract/execution.js'
import type { JobQueue } from '../queue/job-queue.js'
import type { NewSubmission } from '../store/records.js'
import type { EventStream } from './event-stream.js'
import type { Recorder } from './recorder.js'

export interface LiveDependencies {
  readonly queue: Pick<JobQueue, 'submit'>
  readonly recorder: Recorder
  readonly events: EventStream
  readonly clock: () => number
  readonly analyze: ((request: AnalysisRequest) => Promise<AnalysisReport>) | undefined
}

export class LiveSubmission {
  /** Resolves when its end is recorded, or it was refused. */
  readonly ended: Promise<void>
  position: number | undefined
  readonly #submission: NewSubmission
  readonly #dependencies: LiveDependencies
  readonly #aborter = new AbortController()
  readonly #decoders = new Map<string, StringDecoder>()
  #started: Promise<void> | undefined
  #analysis: Promise<AnalysisReport | null> = Promise.resolve(null)
  #resolveEnded: () => void = () => {}

  constructor(submission: NewSubmission, dependencies: LiveDependencies) {
    this.#submission = submission
    this.#dependencies = dependencies
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
  }

  /** Resolves when the queue has taken it; rejects when it refused. */
  submit(clientKey: string | undefined): Promise<void> {
    const { request } = this.#submission
    return new Promise((accepted, refused) => {
      let isAccepted = false
      const onAccepted = (): void => {
        isAccepted = true
        this.#startAnalysis()
        accepted()
      }
      this.#dependencies.queue
        .submit(request, {
          ...(clientKey !== undefined && { clientKey }),
          signal: this.#aborter.signal,
          onEvent: (event) => this.#onEvent(event),
          onAccepted,
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
        .finally(this.#resolveEnded)
    })
  }

  cancel(): void {
    this.#aborter.abort(new Error('cancelled by its client'))
  }

  #startAnalysis(): void {
    const { analyze, events } = this.#dependencies
    const { jobId, request } = this.#submission
    if (!this.#submission.analyze || analyze === undefined) return
    this.#analysis = analyze(request).then(
      (analysis) => {
        events.publish(jobId, { type: 'analysis', analysis })
        return analysis
      },
      () => null,
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
        events.publish(jobId, { type: 'stage', stage: event.stage })
        break
      case 'output':
        this.#publishOutput(event.stage, event.stream, this.#decoder(event).write(Buffer.from(event.chunk)))
        break
      case 'stage-finished':
        for (const stream of ['stdout', 'stderr'] as const) {
          this.#publishOutput(event.stage, stream, this.#decoder({ stage: event.stage, stream }).end())
        }
        break
      case 'finished':
        break
    }
  }

  #decoder({ stage, stream }: { readonly stage: Stage; readonly stream: OutputStream }): StringDecoder {
    const name = `${stage} ${stream}`
    const decoder = this.#decoders.get(name) ?? new StringDecoder('utf8')
    this.#decoders.set(name, decoder)
    return decoder
  }

  #publishOutput(stage: Stage, stream: OutputStream, data: string): void {
    if (data !== '') this.#dependencies.events.publish(this.#submission.jobId, { type: stream, stage, data })
  }

  async #finish(result: ExecutionResult): Promise<void> {
    const { recorder } = this.#dependencies
    const analysis = await this.#analysis
    await this.#started
    await recorder.recordResult(this.#submission, this.#submission.request, result, analysis)
    this.#announce(result)
  }

  async #fail(error: unknown): Promise<void> {
    const { recorder, events } = this.#dependencies
    const { jobId, request } = this.#submission
    await this.#started
    if (this.#aborter.signal.aborted) {
      await recorder.recordCancelled(this.#submission)
      this.#announce(null)
    } else if (error instanceof ServiceError && error.code === 'SHUTTING_DOWN') {
      await recorder.recordInterrupted(jobId)
      events.end(jobId)
    } else {
      await this.#finish(internalError(request, error))
    }
  }

  #announce(result: ExecutionResult | null): void {
    const { events } = this.#dependencies
    events.publish(this.#submission.jobId, { type: 'result', result })
    events.end(this.#submission.jobId)
  }
}

/** The platform failed under a job that had been accepted: no error can be answered any more, only a result. */
export function internalError({ jobId, language }: ExecutionRequest, error?: unknown): ExecutionResult {
  const errorMessage =
    error instanceof ServiceError ? error.message : 'The service failed to run the program; please try again.'
  return { jobId, language, version: '', status: 'internal_error', errorMessage, compile: null, run: null }
}
