import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../scripts/redis.mjs'
import { hasRedis, startRedis } from '../../scripts/redis.mjs'
import type { EventStream, StreamedEvent, SubmissionEvent } from './event-stream.js'
import { createRedisEventStream } from './redis-event-stream.js'

const hasServer = hasRedis()
const never = new AbortController().signal
const PATIENCE = { timeout: 20_000, interval: 20 }

const stdout = (data: string): SubmissionEvent => ({ type: 'stdout', stage: 'run', data })
const END: SubmissionEvent = { type: 'result' }

describe.skipIf(!hasServer)(
  `event streams on redis-server${hasServer ? '' : ', skipped: it is not installed'}`,
  () => {
    let server: RedisServer
    let publisher: EventStream
    let follower: EventStream
    let jobId: string

    beforeAll(async () => {
      server = await startRedis({ appendOnly: true })
    })
    afterAll(async () => {
      await server.stop()
    })
    beforeEach(async () => {
      jobId = randomUUID()
      publisher = createRedisEventStream({ url: server.url })
      follower = createRedisEventStream({ url: server.url })
      await published({ type: 'stage', stage: 'run' })
    })
    afterEach(async () => {
      await Promise.all([publisher.close(), follower.close()])
    })

    /** Publishes until it has arrived: a connection takes a moment. */
    async function published(event: SubmissionEvent): Promise<void> {
      await expect
        .poll(async () => {
          publisher.publish(jobId, event)
          return follower.follow(jobId, undefined, never)
        }, PATIENCE)
        .toBeDefined()
    }

    /** What follows as it comes; `seen` grows. */
    function collect(lastEventId?: string, signal = never) {
      const seen: StreamedEvent[] = []
      const done = (async () => {
        const events = await follower.follow(jobId, lastEventId, signal)
        for await (const event of events ?? []) if (event.event.type !== 'stage') seen.push(event)
      })()
      return { seen, done }
    }

    it('reach a follower in another process as they are published, in order, until the end', async () => {
      const { seen, done } = collect()
      publisher.publish(jobId, stdout('early'))
      await expect.poll(() => seen.length, PATIENCE).toBe(1)
      for (let index = 0; index < 250; index++) publisher.publish(jobId, stdout(String(index)))
      publisher.publish(jobId, END)
      publisher.end(jobId)
      await done
      const texts = seen.map(({ event }) => ('data' in event ? event.data : event.type))
      expect(texts).toEqual(['early', ...Array.from({ length: 250 }, (_, index) => String(index)), 'result'])
    })

    it('go on after the last event that was seen, also when they have ended', async () => {
      const first = collect()
      for (const text of ['a', 'b', 'c']) publisher.publish(jobId, stdout(text))
      publisher.publish(jobId, END)
      publisher.end(jobId)
      await first.done
      const again = collect(first.seen[1]?.id)
      await again.done
      expect(again.seen).toEqual(first.seen.slice(2))
    })

    it('keep the newest of much output for those who come late', async () => {
      const large = 'x'.repeat(100_000)
      for (let index = 0; index < 10; index++) publisher.publish(jobId, stdout(large + String(index)))
      publisher.publish(jobId, END)
      publisher.end(jobId)
      await collect().done
      const { seen, done } = collect()
      await done
      const kept = seen.map(({ event }) => ('data' in event ? event.data.slice(large.length) : event.type))
      expect(kept).toEqual(['8', '9', 'result'])
    })

    it('are not known of a job that nobody has published anything of', async () => {
      expect(await follower.follow(randomUUID(), undefined, never)).toBeUndefined()
    })

    it('let go of a follower that goes away', async () => {
      const leaving = new AbortController()
      const { seen, done } = collect(undefined, leaving.signal)
      leaving.abort()
      await done
      expect(seen).toEqual([])
    })

    it('go on when Redis has been away', async () => {
      const { seen, done } = collect()
      publisher.publish(jobId, stdout('before'))
      await expect.poll(() => seen.length, PATIENCE).toBe(1)
      await server.end('SIGKILL')
      await server.start()
      await expect
        .poll(() => {
          publisher.publish(jobId, stdout('after'))
          return seen.length
        }, PATIENCE)
        .toBeGreaterThan(1)
      publisher.publish(jobId, END)
      publisher.end(jobId)
      await done
      expect(seen.at(-1)?.event).toEqual(END)
    })
  },
)
