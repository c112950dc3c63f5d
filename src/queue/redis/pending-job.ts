import type { ExecutionEvent } from '../../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'
import type { ProgramInput } from '../../contract/program-input.js'
import type { SubmitOptions } from '../job-queue.js'
import { decode, encode } from './codec.js'
import type { Outcome } from './outcome.js'
import { CREDIT_BYTES } from './window.js'

/** Events as a worker sends them; `token` tells attempts apart, `sequence` a batch that was sent twice. */
export interface EventBatch {
  readonly token: string
  readonly sequence: number
  readonly events: readonly ExecutionEvent[]
}

export interface InputMessage {
  readonly sequence: number
  readonly input: ProgramInput
}

export interface PendingJobActions {
  /** Says something to the worker that runs the job. */
  readonly say: (kind: 'credit' | 'input', body: string | Buffer) => void
  /** Removes the job, or stops it when it runs. */
  readonly cancel: () => void
  readonly resolve: (result: ExecutionResult) => void
  readonly reject: (error: unknown) => void
}

/** One job in the process that submitted it, from its submission to the one answer it gets. */
export class PendingJob {
  readonly request: ExecutionRequest
  readonly clientKey: string
  readonly isAwaited: boolean
  readonly durable: boolean
  readonly followed: boolean
  readonly talks: boolean
  readonly submittedMs = performance.now()
  waiting = true
  wasTaken = false
  /** Reconciliations in a row that found it missing. */
  missed = 0
  readonly #options: SubmitOptions
  readonly #actions: PendingJobActions
  readonly #announced = new Set<string>()
  readonly #inputTaken = new Map<number, () => void>()
  #settled = false
  #endedBy: { readonly error: unknown } | undefined
  #observerError: { readonly error: unknown } | undefined
  #position = Infinity
  /** Takes until its turn, as counted from the beginning of the queue. */
  #turn = Infinity
  #attempt = ''
  #sequence = 0
  #inputs = 0
  #creditBytes = 0

  constructor(request: ExecutionRequest, options: SubmitOptions, actions: PendingJobActions) {
    this.request = request
    this.clientKey = options.clientKey ?? ''
    this.isAwaited = options.priority !== 'later'
    this.durable = options.durable === true
    this.followed = options.onEvent !== undefined
    this.talks = options.input !== undefined
    this.#options = options
    this.#actions = actions
    options.signal?.addEventListener('abort', this.#onAbort)
  }

  get abortReason(): unknown {
    return this.#options.signal?.reason
  }

  /** It was joined to the line; a position of 0 is that of a job for which a slot is free. */
  waits(position: number, takes: number): void {
    if (position === 0) return
    this.#turn = takes + position
    this.tellPosition(takes)
  }

  /** Every take while it waits brings it one nearer, as nothing is taken that does not come before it. */
  tellPosition(takes: number): void {
    const position = Math.max(1, this.#turn - takes)
    if (!this.waiting || this.#settled || !Number.isFinite(this.#turn) || position >= this.#position) return
    this.#position = position
    void this.#observe({ type: 'queued', position })
  }

  /** A worker has it, so that what the client says to the program has somewhere to go. */
  started(): void {
    this.waiting = false
    this.#options.input?.attach((input) => this.#sendInput(input))
  }

  receiveEvents(body: Buffer): void {
    if (this.#settled) return
    const { token, sequence, events } = decode(body) as EventBatch
    if (token === this.#attempt && sequence <= this.#sequence) return
    // Whoever follows a job that outlives workers hears its stages again: what came before them counts no more.
    if (token !== this.#attempt && this.durable) this.#announced.clear()
    this.#attempt = token
    this.#sequence = sequence
    let bytes = 0
    const taken: Promise<void>[] = []
    for (const event of events) {
      if (this.#isRepeated(event)) continue
      if (event.type === 'output') bytes += event.chunk.byteLength
      const pending = this.#observe(event)
      if (pending !== undefined) taken.push(pending)
    }
    void Promise.all(taken).then(() => this.#credit(bytes))
  }

  inputTaken(sequence: number): void {
    this.#inputTaken.get(sequence)?.()
    this.#inputTaken.delete(sequence)
  }

  receiveOutcome(outcome: Outcome): void {
    if (this.#settled) return
    this.waiting = false
    if ('error' in outcome) return this.fail(outcome.error)
    const { result, announced } = outcome
    // A program that had ended before the job was is not thrown away.
    const cutShort = this.#endedBy !== undefined && result.status === 'cancelled'
    if (announced && !cutShort) void this.#observe({ type: 'finished', result })
    if (cutShort || this.#observerError !== undefined) this.fail(undefined)
    else this.#settle(() => this.#actions.resolve(result))
  }

  /** It waits no more, as its submitter gave it up. */
  removed(): void {
    this.fail(this.#endedBy === undefined ? this.abortReason : this.#endedBy.error)
  }

  /** Ends it from our side; the answer comes when its handler has let go. */
  end(error: unknown): void {
    this.#endedBy ??= { error }
    this.#actions.cancel()
  }

  fail(error: unknown): void {
    const own = this.#observerError ?? this.#endedBy
    this.#settle(() => this.#actions.reject(own === undefined ? error : own.error))
  }

  #settle(settle: () => void): void {
    if (this.#settled) return
    this.#settled = true
    this.waiting = false
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#options.input?.close()
    settle()
  }

  /** A second attempt announces the same stages again. */
  #isRepeated(event: ExecutionEvent): boolean {
    if (event.type !== 'stage-started' && event.type !== 'stage-finished') return false
    const announcement = `${event.type} ${event.stage}`
    if (this.#announced.has(announcement)) return true
    this.#announced.add(announcement)
    return false
  }

  #observe(event: ExecutionEvent): Promise<void> | undefined {
    try {
      const pending = this.#options.onEvent?.(event)
      return pending === undefined ? undefined : pending.catch((error: unknown) => this.#failObserver(error))
    } catch (error) {
      this.#failObserver(error)
      return undefined
    }
  }

  #failObserver(error: unknown): void {
    if (this.#settled || this.#observerError !== undefined) return
    this.#observerError = { error }
    this.#actions.cancel()
  }

  #credit(bytes: number): void {
    this.#creditBytes += bytes
    if (this.#creditBytes < CREDIT_BYTES || this.#settled) return
    this.#actions.say('credit', String(this.#creditBytes))
    this.#creditBytes = 0
  }

  #sendInput(input: ProgramInput): Promise<void> {
    const sequence = ++this.#inputs
    return new Promise((resolve) => {
      this.#inputTaken.set(sequence, resolve)
      this.#actions.say('input', encode({ sequence, input } satisfies InputMessage))
    })
  }

  readonly #onAbort = (): void => this.#actions.cancel()
}
