import type { ExecutionEvent } from '../../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'
import { InputChannel } from '../input-channel.js'
import type { JobContext, JobHandler } from '../job-queue.js'
import { decode, encode } from './codec.js'
import type { Outcome } from './outcome.js'
import type { EventBatch, InputMessage } from './pending-job.js'
import { WINDOW_BYTES } from './window.js'

/** Answers to a renewal in a row that say the submitter is gone, until the job is ended: it may only be reconnecting. */
const ORPHAN_AFTER = 3

export type Told = 'sent' | 'lost' | 'nobody'

/** Sends a message to the job's submitter; it tries until Redis has answered. */
export type Tell = (kind: 'events' | 'taken', shown: boolean, body: Buffer) => Promise<Told>

/** One job in the worker that runs it. */
export class RunningJob {
  readonly id: string
  readonly token: string
  readonly durable: boolean
  readonly #request: ExecutionRequest
  readonly #followed: boolean
  readonly #input: InputChannel | undefined
  readonly #tell: Tell
  readonly #aborter = new AbortController()
  readonly #waiters: (() => void)[] = []
  #unsent: ExecutionEvent[] = []
  #sending: Promise<void> | undefined
  #sequence = 0
  #outstandingBytes = 0
  #announced: ExecutionResult | undefined
  #orphaned = 0
  #lost = false
  #endedBy: { readonly error: unknown } | undefined

  constructor(token: string, flags: string, payload: Buffer, tell: Tell) {
    this.#request = decode(payload) as ExecutionRequest
    this.id = this.#request.jobId
    this.token = token
    this.durable = flags.includes('d')
    this.#followed = flags.includes('f')
    this.#input = flags.includes('i') ? new InputChannel() : undefined
    this.#tell = tell
  }

  /** What its program may take at most. */
  get memoryBytes(): number {
    return this.#request.limits.run.memoryBytes
  }

  /** Another worker has it, or nobody: its answer does not count. */
  get isLost(): boolean {
    return this.#lost
  }

  /** Why it was ended by its worker, so that another one may run it. */
  get wasEnded(): boolean {
    return this.#endedBy !== undefined
  }

  /** Runs the job to its end, with everything said that there was to say; never rejects. */
  async run(handler: JobHandler, onActivity: (isActive: boolean) => void): Promise<Outcome> {
    const startedMs = performance.now()
    const context: JobContext = {
      signal: this.#aborter.signal,
      emit: (event) => this.#emit(event),
      followed: this.#followed,
      onActivity,
      ...(this.#input !== undefined && { input: this.#input }),
    }
    let outcome: Outcome
    try {
      const result = await handler(this.#request, context)
      const runMs = performance.now() - startedMs
      const cutShort = this.#endedBy !== undefined && result.status === 'cancelled'
      outcome = cutShort
        ? { error: this.#endedBy?.error, runMs }
        : { result, announced: this.#announced === result, runMs }
    } catch (error) {
      outcome = { error: this.#endedBy?.error ?? error, runMs: performance.now() - startedMs }
    }
    this.#input?.close()
    this.#openWindow()
    await this.#sending
    return outcome
  }

  abort(): void {
    this.#aborter.abort()
  }

  /** Ends it from the worker's side. */
  end(error: unknown): void {
    this.#endedBy ??= { error }
    this.#aborter.abort(error)
  }

  lose(): void {
    this.#lost = true
    this.#unsent = []
    this.#openWindow()
    this.#aborter.abort()
  }

  renewed(answer: string): void {
    if (answer === 'lost') return this.lose()
    this.#orphaned = answer === 'nobody' ? this.#orphaned + 1 : 0
    if (this.#orphaned >= ORPHAN_AFTER) this.abort()
  }

  receive(kind: string, body: Buffer): void {
    if (kind === 'cancel') this.abort()
    else if (kind === 'credit') this.#credit(Number(body.toString()))
    else if (kind === 'attached') this.#openWindow()
    else if (kind === 'input') this.#receiveInput(decode(body) as InputMessage)
  }

  #receiveInput({ sequence, input }: InputMessage): void {
    void this.#input?.send(input).then(() => this.#tell('taken', false, Buffer.from(String(sequence))))
  }

  #emit(event: ExecutionEvent): void | Promise<void> {
    if (!this.#followed || this.#lost) return
    if (event.type === 'finished') {
      // The outcome brings it, right behind what was said before.
      this.#announced = event.result
      return
    }
    this.#unsent.push(event)
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
    if (event.type !== 'output') return
    this.#outstandingBytes += event.chunk.byteLength
    if (this.#outstandingBytes <= WINDOW_BYTES) return
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
    })
  }

  /** One message at a time; what comes meanwhile goes together with the next. */
  async #send(): Promise<void> {
    while (this.#unsent.length > 0) {
      const events = this.#unsent
      this.#unsent = []
      const batch: EventBatch = { token: this.token, sequence: ++this.#sequence, events }
      const shown = events.some((event) => event.type === 'output')
      const told = await this.#tell('events', shown, encode(batch))
      if (told === 'lost') this.lose()
      if (told === 'nobody') this.#openWindow()
    }
  }

  #credit(bytes: number): void {
    this.#outstandingBytes = Math.max(0, this.#outstandingBytes - bytes)
    if (this.#outstandingBytes <= WINDOW_BYTES) for (const resolve of this.#waiters.splice(0)) resolve()
  }

  #openWindow(): void {
    this.#credit(this.#outstandingBytes)
  }
}
