/** Writes server-sent events as their reader takes them: no more is formatted than its socket has room for. */
import type { ServerResponse } from 'node:http'
import type { ExecutionResult } from '../contract/execution.js'
import type { SubmissionEvent } from '../submissions/event-stream.js'
import type { SubmissionHead } from '../store/records.js'
import { jsonPieces } from './bounds/json-pieces.js'
import { toSubmissionResult } from './submission-answer.js'

/** An event as a client hears it: the result comes from the record, which the stream does not repeat. */
export interface ToldEvent {
  readonly id: string
  readonly event:
    | Exclude<SubmissionEvent, { type: 'result' }>
    | { readonly type: 'result'; readonly result: ExecutionResult | null }
}

/** Proxies close a connection on which nothing happens. */
const HEARTBEAT_MS = 15_000

export class EventWriter {
  readonly #response: ServerResponse
  readonly #record: SubmissionHead
  readonly #signal: AbortSignal
  #isWriting = false

  /** `signal` aborts when nothing need be written any more. */
  constructor(response: ServerResponse, record: SubmissionHead, signal: AbortSignal) {
    this.#response = response
    this.#record = record
    this.#signal = signal
    response.write(': following\n\n')
    const heartbeat = setInterval(() => {
      if (!this.#isWriting && !response.writableNeedDrain) response.write(': \n\n')
    }, HEARTBEAT_MS)
    const stop = (): void => clearInterval(heartbeat)
    response.once('finish', stop).once('close', stop)
  }

  async write(streamed: ToldEvent): Promise<void> {
    this.#isWriting = true
    for (const piece of formatEvent(streamed, this.#record)) {
      if (this.#signal.aborted) return
      if (!this.#response.write(piece)) await this.#drained()
    }
    this.#isWriting = false
  }

  /** A client that takes nothing is disconnected in the end, as `Connections` sees to. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#response.off('drain', done)
        this.#signal.removeEventListener('abort', done)
        resolve()
      }
      this.#response.once('drain', done)
      this.#signal.addEventListener('abort', done)
    })
  }
}

function* formatEvent({ id, event }: ToldEvent, record: SubmissionHead): Generator<string> {
  const { type, ...data } = event
  yield `id: ${id}\nevent: ${type}\ndata: `
  yield* jsonPieces(
    event.type === 'result' ? { result: event.result && toSubmissionResult(event.result, record) } : data,
  )
  yield '\n\n'
}
