import { z } from 'zod'
import { ServiceError } from '../../contract/errors.js'
import type { EventStream } from '../../submissions/event-stream.js'
import type { SubmissionHeadView, SubmissionView } from '../../submissions/submissions.js'
import { clientOf } from '../bounds/client-of.js'
import { followSlot } from '../bounds/follow-slot.js'
import type { Loaded } from '../bounds/reads.js'
import { whileConnected } from '../client-connection.js'
import type { ApiContext, App, Records } from '../dependencies.js'
import { errorAnswers, READ_ERRORS } from '../documented-answers.js'
import { EventWriter } from '../event-writer.js'
import type { ToldEvent } from '../event-writer.js'
import { found } from './submissions.js'

/** How long a submission that another process runs is waited for at a time. */
const WAIT_MS = 15_000
/** How soon it is looked again whether a submission of which nothing has been told yet is being told of. */
const LOOK_AGAIN_MS = 250
/** Ids of what is told from the record, which those of the live events never look like. */
const RECORDED_ID = /^record\.(\d{1,4})$/

const EVENT_STREAM = 'text/event-stream; charset=utf-8'

export function submissionEventsRoute(app: App, { bounds }: ApiContext, records: Records): void {
  const stopping = new AbortController()
  app.addHook('preClose', () => stopping.abort())

  app.route({
    method: 'GET',
    url: '/api/v1/submissions/:id/events',
    onRequest: bounds.limitReads,
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
        ...errorAnswers(['NOT_FOUND', ...READ_ERRORS]),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const leave = followSlot(bounds.followers, request)
      const view = found(await records.submissions.getHead(id))
      const lastEventId = request.headers['last-event-id']?.toString()
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': EVENT_STREAM,
        // Some proxies hold an answer back until it is whole unless told otherwise.
        'x-accel-buffering': 'no',
      })
      const { socket } = request.raw
      const reader = { client: clientOf(request), isGone: () => socket.destroyed }
      const load: LoadWhole = () =>
        bounds.reads.load(reader, id, async () => found(await records.submissions.get(id)))
      try {
        await whileConnected(request.raw.socket, async (gone) => {
          const signal = AbortSignal.any([gone, stopping.signal])
          const writer = new EventWriter(raw, view.record, signal)
          for await (const streamed of eventsOf(view, lastEventId, signal, records, load)) {
            await writer.write(streamed)
          }
        })
      } catch (error) {
        // Who has no room for a large result yet connects again, and goes on after the last event.
        const isBusy = error instanceof ServiceError && error.retryable
        request.log[isBusy ? 'debug' : 'error']({ err: error, jobId: view.record.jobId }, 'following failed')
      } finally {
        raw.end()
        leave()
      }
    },
  })
}

type LoadWhole = () => Promise<Loaded<SubmissionView>>

/** Live as soon as it is told of; without that, or where it goes no further, the record once there is an end. */
async function* eventsOf(
  view: SubmissionHeadView,
  lastEventId: string | undefined,
  signal: AbortSignal,
  { events, submissions }: { events: EventStream; submissions: Records['submissions'] },
  load: LoadWhole,
): AsyncGenerator<ToldEvent> {
  // Who has been told from the record has the rest from there, too.
  let isLive = !RECORDED_ID.test(lastEventId ?? '')
  let current: SubmissionHeadView | undefined = view
  while (current !== undefined && !signal.aborted) {
    const live = isLive ? await events.follow(view.record.jobId, lastEventId, signal) : undefined
    if (live !== undefined) {
      isLive = false
      // One that has ended and has nothing after the last event has been seen to its end.
      let isComplete = current.record.finishedAtMs !== null
      for await (const { id, event } of live) {
        if (event.type === 'result') {
          isComplete = true
          yield* resultFrom(id, load)
        } else yield { id, event }
      }
      if (isComplete) return
    }
    if (current.record.finishedAtMs !== null) {
      yield* recordedEvents(lastEventId, load)
      return
    }
    current = await submissions.wait(view.id, isLive ? LOOK_AGAIN_MS : WAIT_MS, signal)
  }
}

/** The result of a submission that has ended: the record has it before any follower hears of the end. */
async function* resultFrom(id: string, load: LoadWhole): AsyncGenerator<ToldEvent> {
  const { value, release } = await load()
  try {
    yield { id, event: { type: 'result', result: value.record.result } }
  } finally {
    release()
  }
}

/** What the events of an ended submission were, as far as its record tells. */
async function* recordedEvents(lastEventId: string | undefined, load: LoadWhole): AsyncGenerator<ToldEvent> {
  const { value, release } = await load()
  try {
    const seen = RECORDED_ID.exec(lastEventId ?? '')?.[1]
    for (const [index, event] of eventsOfRecord(value.record).entries()) {
      if (seen === undefined || index > Number(seen)) yield { id: `record.${index}`, event }
    }
  } finally {
    release()
  }
}

function eventsOfRecord({ result, analysis }: SubmissionView['record']): readonly ToldEvent['event'][] {
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
  return events
}
