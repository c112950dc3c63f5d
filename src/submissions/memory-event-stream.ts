/** The event streams of one process. */
import { randomBytes } from 'node:crypto'
import type { EventStream, StreamedEvent } from './event-stream.js'
import { eventBytes, keptBytes } from './history-size.js'

/** Ended streams that are kept for followers on their way back. */
const KEPT_ENDED = 16

interface Stream {
  /** So that an id of another stream, or of an earlier process, is not taken for one of this. */
  readonly name: string
  readonly events: StreamedEvent[]
  /** How many of its first events are kept no more. */
  dropped: number
  bytes: number
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
      bytes: 0,
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
      stream.bytes += eventBytes(event)
      while (stream.bytes > keptBytes(streams.size) && stream.events.length > 1) {
        const first = stream.events.shift()
        stream.dropped++
        if (first !== undefined) stream.bytes -= eventBytes(first.event)
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
