/** The event streams of one process. */
import { randomBytes } from 'node:crypto'
import type { EventStream, StreamedEvent, SubmissionEvent } from './event-stream.js'

/** Characters of output one stream keeps for those who come late; the result has all of it in the end. */
const KEPT_CHARACTERS = 262_144
/** Ended streams that are kept for followers on their way back. */
const KEPT_ENDED = 16

interface Stream {
  /** So that an id of another stream, or of an earlier process, is not taken for one of this. */
  readonly name: string
  readonly events: StreamedEvent[]
  /** How many of its first events are kept no more. */
  dropped: number
  characters: number
  ended: boolean
  readonly wake: Set<() => void>
}

export function createMemoryEventStream(): EventStream {
  const streams = new Map<string, Stream>()
  const ended: string[] = []

  const open = (jobId: string): Stream => {
    const stream: Stream = {
      name: randomBytes(6).toString('base64url'),
      events: [],
      dropped: 0,
      characters: 0,
      ended: false,
      wake: new Set(),
    }
    streams.set(jobId, stream)
    return stream
  }

  return {
    publish(jobId, event) {
      const stream = streams.get(jobId) ?? open(jobId)
      if (stream.ended) return
      stream.events.push({ id: `${stream.name}.${stream.dropped + stream.events.length}`, event })
      stream.characters += lengthOf(event)
      while (stream.characters > KEPT_CHARACTERS && stream.events.length > 1) {
        const first = stream.events.shift()
        stream.dropped++
        if (first !== undefined) stream.characters -= lengthOf(first.event)
      }
      wakeAll(stream)
    },

    end(jobId) {
      const stream = streams.get(jobId)
      if (stream === undefined || stream.ended) return
      stream.ended = true
      ended.push(jobId)
      if (ended.length > KEPT_ENDED) streams.delete(ended.shift() ?? '')
      wakeAll(stream)
    },

    follow(jobId, lastEventId, signal) {
      const stream = streams.get(jobId)
      const events = stream && followStream(stream, positionAfter(stream, lastEventId), signal)
      return Promise.resolve(events)
    },

    close: () => Promise.resolve(),
  }
}

function lengthOf(event: SubmissionEvent): number {
  return 'data' in event ? event.data.length : 0
}

function wakeAll(stream: Stream): void {
  const waiting = [...stream.wake]
  stream.wake.clear()
  for (const wake of waiting) wake()
}

/** Number of the first event that a follower who saw `lastEventId` has not seen. */
function positionAfter(stream: Stream, lastEventId: string | undefined): number {
  const [name, number = ''] = lastEventId?.split('.') ?? []
  return name === stream.name && /^\d{1,9}$/.test(number) ? Number(number) + 1 : 0
}

async function* followStream(
  stream: Stream,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  let next = from
  while (!signal.aborted) {
    next = Math.max(next, stream.dropped)
    const event = stream.events[next - stream.dropped]
    if (event !== undefined) {
      next++
      yield event
      continue
    }
    if (stream.ended) return
    await changed(stream, signal)
  }
}

function changed(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      stream.wake.delete(wake)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    stream.wake.add(wake)
    signal.addEventListener('abort', wake)
  })
}
