/**
 * The event streams of all processes around one Redis: a stream per job, and a channel that says when there is more.
 * Whoever runs a submission publishes; any process can be asked to follow. While Redis is away events are lost, which
 * costs followers what they would have seen live: the record tells all of it in the end.
 */
import { Redis } from 'ioredis'
import type { EventStream, StreamedEvent, SubmissionEvent } from './event-stream.js'
import { eventBytes, keptBytes } from './history-size.js'

/** Entries of any size that one stream keeps. */
const KEPT_ENTRIES = 10_000
/** Streams of jobs that nobody ends, as when everything around them has died. */
const KEPT_SECONDS = 3600
/** Streams that ended are kept for followers on their way back. */
const KEPT_ENDED_SECONDS = 60
/** Bytes of the streams that ended, of one process; beyond it the oldest are deleted before their time. */
const KEPT_ENDED_BYTES = 32 * 2 ** 20
const KEPT_ENDED = 1000
const PAGE = 100
/** A follower that heard nothing looks for itself now and then: a hint may have been lost with its connection. */
const LOOK_MS = 2000
const RETRY_MOST_MS = 1000
const COMMAND_TIMEOUT_MS = 5000
/** Ids of stream entries: a time and a number. */
const ID_PATTERN = /^\d{1,16}-\d{1,10}$/
const END = 'end'

export interface RedisEventStreamOptions {
  readonly url: string
  readonly prefix?: string
}

/** What this process has published of one job. */
interface Published {
  /** Sizes of the newest entries, oldest first. */
  readonly sizes: number[]
  bytes: number
  /** Its own entries are too many already; until then those of an earlier process are kept too. */
  isCut: boolean
}

export function createRedisEventStream({
  url,
  prefix = 'codeexec:{events}:',
}: RedisEventStreamOptions): EventStream {
  return new RedisEventStream(url, prefix)
}

class RedisEventStream implements EventStream {
  readonly #prefix: string
  readonly #commands: Redis
  readonly #hints: Redis
  readonly #published = new Map<string, Published>()
  /** Bytes of each that ended, oldest first. */
  readonly #ended = new Map<string, number>()
  readonly #followers = new Map<string, Set<() => void>>()
  #endedBytes = 0

  constructor(url: string, prefix: string) {
    this.#prefix = prefix
    const options = {
      protocol: 2 as const,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, RETRY_MOST_MS),
    }
    // Everything of one turn of the event loop goes out together.
    this.#commands = new Redis(url, {
      ...options,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableAutoPipelining: true,
    })
    this.#hints = new Redis(url, { ...options, autoResubscribe: false })
    for (const connection of [this.#commands, this.#hints]) connection.on('error', ignore)
    this.#hints.on('message', (channel: string) => this.#wake(channel))
    this.#hints.on('ready', () => {
      for (const key of this.#followers.keys()) void this.#subscribe(key)
    })
  }

  publish(jobId: string, event: SubmissionEvent): void {
    const published = this.#published.get(jobId) ?? { sizes: [], bytes: 0, isCut: false }
    this.#published.set(jobId, published)
    const size = eventBytes(event)
    published.bytes += size
    const { sizes } = published
    sizes.push(size)
    const most = keptBytes(this.#published.size)
    while (sizes.length > 1 && (published.bytes > most || sizes.length > KEPT_ENTRIES)) {
      published.bytes -= sizes.shift() ?? 0
      published.isCut = true
    }
    this.#add(jobId, JSON.stringify(event), published.isCut ? sizes.length : KEPT_ENTRIES, KEPT_SECONDS)
  }

  end(jobId: string): void {
    const bytes = this.#published.get(jobId)?.bytes ?? 0
    this.#published.delete(jobId)
    this.#add(jobId, END, KEPT_ENTRIES, KEPT_ENDED_SECONDS)
    this.#ended.set(jobId, bytes)
    this.#endedBytes += bytes
    for (const [oldest, size] of this.#ended) {
      if (this.#endedBytes <= KEPT_ENDED_BYTES && this.#ended.size <= KEPT_ENDED) break
      this.#ended.delete(oldest)
      this.#endedBytes -= size
      this.#commands.del(this.#prefix + oldest).catch(ignore)
    }
  }

  async follow(
    jobId: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncIterable<StreamedEvent> | undefined> {
    const key = this.#prefix + jobId
    const isThere = await this.#commands.exists(key).catch(() => 0)
    if (isThere === 0) return undefined
    const last = lastEventId !== undefined && ID_PATTERN.test(lastEventId) ? lastEventId : '0-0'
    return this.#events(key, last, signal)
  }

  close(): Promise<void> {
    for (const connection of [this.#commands, this.#hints]) connection.disconnect()
    return Promise.resolve()
  }

  #add(jobId: string, entry: string, kept: number, keptSeconds: number): void {
    const key = this.#prefix + jobId
    this.#commands.xadd(key, 'MAXLEN', kept, '*', 'event', entry).catch(() => {
      // As where Redis has no memory left. Who follows must not wait for it: without a stream the record is asked.
      if (entry === END) this.#commands.del(key).catch(ignore)
    })
    this.#commands.expire(key, keptSeconds).catch(ignore)
    this.#commands.publish(key, '').catch(ignore)
  }

  async *#events(key: string, from: string, signal: AbortSignal): AsyncGenerator<StreamedEvent> {
    let last = from
    let hasNews = true
    let wakeUp: (() => void) | undefined
    const wake = (): void => {
      hasNews = true
      wakeUp?.()
    }
    await this.#listen(key, wake)
    try {
      while (!signal.aborted) {
        hasNews = false
        const entries = await this.#commands
          .xrange(key, `(${last}`, '+', 'COUNT', PAGE)
          .catch(() => undefined)
        for (const [id, [, text = '']] of entries ?? []) {
          last = id
          if (text === END) return
          yield { id, event: JSON.parse(text) as SubmissionEvent }
        }
        if (entries?.length === PAGE) continue
        // A stream that is no more, with its Redis or after its time, will not go on.
        if (entries?.length === 0 && (await this.#commands.exists(key).catch(() => 1)) === 0) return
        if (!hasNews) {
          await pause(LOOK_MS, signal, (resolve) => {
            wakeUp = resolve
          })
        }
      }
    } finally {
      this.#leave(key, wake)
    }
  }

  async #listen(key: string, wake: () => void): Promise<void> {
    const followers = this.#followers.get(key)
    if (followers !== undefined) {
      followers.add(wake)
      return
    }
    this.#followers.set(key, new Set([wake]))
    await this.#subscribe(key)
  }

  async #subscribe(key: string): Promise<void> {
    // Where this fails the connection is away, and it is done again when it is back.
    await this.#hints.subscribe(key).catch(ignore)
    this.#wake(key)
  }

  #leave(key: string, wake: () => void): void {
    const followers = this.#followers.get(key)
    followers?.delete(wake)
    if (followers?.size !== 0) return
    this.#followers.delete(key)
    this.#hints.unsubscribe(key).catch(ignore)
  }

  #wake(key: string): void {
    for (const wake of this.#followers.get(key) ?? []) wake()
  }
}

/** While Redis is away nothing can be done about it; connections say so elsewhere. */
function ignore(): void {}

/** Resolves when the time has passed, the signal is aborted or what `onWake` was given is called. */
function pause(milliseconds: number, signal: AbortSignal, onWake: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
    onWake(done)
  })
}
