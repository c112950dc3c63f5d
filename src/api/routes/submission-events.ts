import { z } from 'zod'
import type { ExecutionResult } from '../../contract/execution.js'
import type { EventStream, SubmissionEvent } from '../../submissions/event-stream.js'
import type { SubmissionView } from '../../submissions/submissions.js'
import { whileConnected } from '../client-connection.js'
import type { App, Records } from '../dependencies.js'
import { errorAnswers } from '../documented-answers.js'
import { toSubmissionResult } from '../submission-answer.js'
import { found } from './submissions.js'

/** Proxies close a connection on which nothing happens. */
const HEARTBEAT_MS = 15_000
/** How long a submission that another process runs is waited for at a time. */
const WAIT_MS = 15_000
/** How soon it is looked again whether a submission of which nothing has been told yet is being told of. */
const LOOK_AGAIN_MS = 250
/** Ids of what is told from the record, which those of the live events never look like. */
const RECORDED_ID = /^record\.(\d{1,4})$/

const EVENT_STREAM = 'text/event-stream; charset=utf-8'

/** An event as a client hears it: the result comes from the record, which the stream does not repeat. */
interface ToldEvent {
  readonly id: string
  readonly event:
    | Exclude<SubmissionEvent, { type: 'result' }>
    | { readonly type: 'result'; readonly result: ExecutionResult | null }
}

export function submissionEventsRoute(app: App, records: Records): void {
  const stopping = new AbortController()
  app.addHook('preClose', () => stopping.abort())

  app.route({
    method: 'GET',
    url: '/api/v1/submissions/:id/events',
    schema: {
      operationId: 'followSubmission',
      tags: ['Submissions'],
      summary: 'Follow a submission',
      description:
        'Server-sent events `queued`, `stage`, `stdout`, `stderr`, `analysis` and `result`, which ends the stream; ' +
        'only an `analysis` that takes longer than the program comes after it. ' +
        'Connecting again with `Last-Event-ID` goes on after that event.',
      params: z.object({ id: z.string() }),
      response: {
        200: {
          description: 'The events so far, and then as they happen.',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        ...errorAnswers(['NOT_FOUND', 'STORE_UNAVAILABLE', 'INTERNAL_ERROR']),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const view = found(await records.submissions.get(id))
      const lastEventId = request.headers['last-event-id']?.toString()
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': EVENT_STREAM,
        // Some proxies hold an answer back until it is whole unless told otherwise.
        'x-accel-buffering': 'no',
      })
      raw.write(': following\n\n')
      const heartbeat = setInterval(() => raw.write(': \n\n'), HEARTBEAT_MS)
      try {
        await whileConnected(request.raw.socket, async (gone) => {
          const signal = AbortSignal.any([gone, stopping.signal])
          for await (const streamed of eventsOf(view, lastEventId, signal, records)) {
            if (!raw.write(formatEvent(streamed, view))) await drained(raw, signal)
          }
        })
      } catch (error) {
        request.log.error({ err: error, jobId: view.record.jobId }, 'following failed')
      } finally {
        clearInterval(heartbeat)
        raw.end()
      }
    },
  })
}

/** Live as soon as it is told of; without that, or where it goes no further, the record once there is an end. */
async function* eventsOf(
  view: SubmissionView,
  lastEventId: string | undefined,
  signal: AbortSignal,
  { events, submissions }: { events: EventStream; submissions: Records['submissions'] },
): AsyncGenerator<ToldEvent> {
  // Who has been told from the record has the rest from there, too.
  let isLive = !RECORDED_ID.test(lastEventId ?? '')
  let current: SubmissionView | undefined = view
  while (current !== undefined && !signal.aborted) {
    const live = isLive ? await events.follow(view.record.jobId, lastEventId, signal) : undefined
    if (live !== undefined) {
      isLive = false
      // One that has ended and has nothing after the last event has been seen to its end.
      let isComplete = current.record.finishedAtMs !== null
      for await (const { id, event } of live) {
        if (event.type === 'result') isComplete = true
        yield { id, event: event.type === 'result' ? await resultOf(view, submissions) : event }
      }
      if (isComplete) return
    }
    if (current.record.finishedAtMs !== null) {
      yield* recordedEvents(current, lastEventId)
      return
    }
    current = await submissions.wait(view.id, isLive ? LOOK_AGAIN_MS : WAIT_MS, signal)
  }
}

async function resultOf({ id }: SubmissionView, submissions: Records['submissions']) {
  const ended = await submissions.get(id)
  return { type: 'result', result: ended?.record.result ?? null } as const
}

/** What the events of an ended submission were, as far as its record tells. */
function* recordedEvents({ record }: SubmissionView, lastEventId: string | undefined): Generator<ToldEvent> {
  const { result, analysis } = record
  const events: ToldEvent['event'][] = []
  for (const stage of ['compile', 'run'] as const) {
    const ended = result?.[stage]
    if (!ended) continue
    events.push({ type: 'stage', stage })
    if (ended.stdout !== '') events.push({ type: 'stdout', stage, data: ended.stdout })
    if (ended.stderr !== '') events.push({ type: 'stderr', stage, data: ended.stderr })
  }
  if (analysis !== null) events.push({ type: 'analysis', analysis })
  events.push({ type: 'result', result })
  const seen = RECORDED_ID.exec(lastEventId ?? '')?.[1]
  for (const [index, event] of events.entries()) {
    if (seen === undefined || index > Number(seen)) yield { id: `record.${index}`, event }
  }
}

function formatEvent({ id, event }: ToldEvent, { record }: SubmissionView): string {
  const { type, ...data } = event
  const wire =
    event.type === 'result' ? { result: event.result && toSubmissionResult(event.result, record) } : data
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(wire)}\n\n`
}

function drained(raw: NodeJS.WritableStream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      raw.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    raw.once('drain', done)
    signal.addEventListener('abort', done)
  })
}
