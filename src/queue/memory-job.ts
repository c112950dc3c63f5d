import { ServiceError } from '../contract/errors.js'
import type { ExecutionEvent, ExecutionObserver } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { InputChannel } from './input-channel.js'
import type { JobHandler, Priority, SubmitOptions } from './job-queue.js'
import type { PriorityPlace } from './priority-line.js'

/** A service that stops is usually back, or another in its place, within this. */
const RESTART_SECONDS = 5

export function shuttingDown(): ServiceError {
  return new ServiceError('SHUTTING_DOWN', 'The service is stopping; please try again shortly.', {
    retryAfterSeconds: RESTART_SECONDS,
  })
}

interface Settle {
  readonly resolve: (result: ExecutionResult) => void
  readonly reject: (error: unknown) => void
}

/** One submitted job, from its submission to the one answer it gets. */
export class MemoryJob {
  readonly clientKey: string
  readonly priority: Priority
  readonly followed: boolean
  /** Where it waits; undefined when it does not. */
  place: PriorityPlace<MemoryJob> | undefined
  /** When it came, by the queue's clock. */
  submittedMs = 0
  readonly #request: ExecutionRequest
  readonly #signal: AbortSignal | undefined
  readonly #onEvent: ExecutionObserver | undefined
  readonly #input: InputChannel | undefined
  readonly #settle: Settle
  readonly #leaveLine: () => void
  #aborter: AbortController | undefined
  #position = Infinity
  /** Why the job was ended from our side. */
  #endedBy: { readonly error: unknown } | undefined
  #observerError: { readonly error: unknown } | undefined

  constructor(request: ExecutionRequest, options: SubmitOptions, settle: Settle, leaveLine: () => void) {
    this.clientKey = options.clientKey ?? ''
    this.priority = options.priority ?? 'awaited'
    this.followed = options.onEvent !== undefined
    this.#request = request
    this.#signal = options.signal
    this.#onEvent = options.onEvent
    this.#input = options.input
    this.#settle = settle
    this.#leaveLine = leaveLine
    this.#signal?.addEventListener('abort', this.#onAbort)
  }

  /** What its program may take at most. */
  get memoryBytes(): number {
    return this.#request.limits.run.memoryBytes
  }

  /** Runs the job to its end; never rejects. The answer is held back until the caller has freed the slot. */
  async run(handler: JobHandler, onActivity: (isActive: boolean) => void): Promise<() => void> {
    this.#aborter = new AbortController()
    const { signal } = this.#aborter
    const context = {
      signal,
      emit: (event: ExecutionEvent) => this.#emit(event),
      followed: this.followed,
      onActivity,
      ...(this.#input !== undefined && { input: this.#input }),
    }
    try {
      const result = await handler(this.#request, context)
      return () => this.#answer(result)
    } catch (error) {
      return () => this.#settleWith(() => this.#settle.reject(this.#failure(asServiceError(error))))
    }
  }

  /** Ends the job with this error: at once when it waits, when its handler has let go when it runs. */
  end(error: unknown): void {
    if (this.#aborter !== undefined) {
      this.#endedBy ??= { error }
      this.#aborter.abort(error)
      return
    }
    this.#leaveLine()
    this.#settleWith(() => this.#settle.reject(error))
  }

  /** Positions only fall; one that has not fallen is not told again. */
  tellPosition(position: number): void {
    if (this.place === undefined || position >= this.#position) return
    this.#position = position
    void this.#emit({ type: 'queued', position })
  }

  #answer(result: ExecutionResult): void {
    // A program that had ended before the job was is not thrown away.
    const stands =
      this.#observerError === undefined && (this.#endedBy === undefined || result.status !== 'cancelled')
    this.#settleWith(() =>
      stands ? this.#settle.resolve(result) : this.#settle.reject(this.#failure(undefined)),
    )
  }

  #failure(ofHandler: unknown): unknown {
    const own = this.#observerError ?? this.#endedBy
    return own === undefined ? ofHandler : own.error
  }

  #settleWith(settle: () => void): void {
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#input?.close()
    settle()
  }

  #emit(event: ExecutionEvent): void | Promise<void> {
    try {
      return this.#onEvent?.(event)?.catch((error: unknown) => this.#failObserver(error))
    } catch (error) {
      this.#failObserver(error)
    }
  }

  #failObserver(error: unknown): void {
    this.#observerError ??= { error }
    this.end(error)
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#signal?.reason
    // The handler's answer stands: it knows how far the program came.
    if (this.#aborter !== undefined) this.#aborter.abort(reason)
    else this.end(reason)
  }
}

/** What the client hears of a handler's failure: its own words where it has any, else nothing of the inside. */
export function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  return new ServiceError('INTERNAL_ERROR', 'The service failed to run the program; please try again.', {
    cause: error,
  })
}
