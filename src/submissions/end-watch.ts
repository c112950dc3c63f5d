import type { EventStream } from './event-stream.js'

const NEVER = new Promise<void>(() => {})

/** Wakes who waits for a submission that another process follows, where that process publishes its events. */
export class EndWatch {
  readonly #events: Pick<EventStream, 'follow'>
  readonly #jobId: string
  readonly #stopping = new AbortController()
  #told: Promise<void> | undefined

  constructor(events: Pick<EventStream, 'follow'>, jobId: string) {
    this.#events = events
    this.#jobId = jobId
  }

  /** Resolves once, when the end has been told; asked again, looks again for a stream that was not there. */
  told(): Promise<void> {
    this.#told ??= this.#follow()
    return this.#told
  }

  stop(): void {
    this.#stopping.abort()
  }

  async #follow(): Promise<void> {
    const stream = await this.#events.follow(this.#jobId, undefined, this.#stopping.signal)
    if (stream === undefined) {
      this.#told = undefined
      return NEVER
    }
    for await (const { event } of stream) {
      if (event.type !== 'result') continue
      this.#told = NEVER
      return undefined
    }
    return NEVER
  }
}
