/** What a shared queue owes its jobs when workers, submitters or Redis itself go away. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../scripts/redis.mjs'
import { hasRedis, startRedis } from '../../scripts/redis.mjs'
import type { ExecutionEvent } from '../contract/events.js'
import { HeldJobs, LONG_MS, requestOf, resultOf } from './conformance/harness.js'
import { FollowedElsewhere } from './job-queue.js'
import { createRedisQueue } from './redis.js'
import type { RedisQueue, RedisQueueOptions } from './redis.js'

const hasServer = hasRedis()
const PATIENCE = { timeout: 20_000, interval: 20 }
/** Short enough to wait for; longer than a beat. */
const LEASE_MS = 400
const BEAT_MS = 50

const ignore = (): void => {}

/** Between a queue and its Redis: passes everything on, until it is told to keep subscriptions to itself. */
class Gate {
  readonly #server: Server
  readonly clients = new Set<Socket>()
  keepsSubscriptions = false
  kept = 0

  constructor(redisUrl: string) {
    const port = Number(new URL(redisUrl).port)
    this.#server = createServer((client) => {
      const redis = connect({ port, host: '127.0.0.1' })
      this.clients.add(client)
      client.on('data', (data) => {
        if (this.keepsSubscriptions && /subscribe/i.test(data.toString('latin1'))) this.kept++
        else redis.write(data)
      })
      redis.pipe(client)
      for (const socket of [client, redis]) {
        socket.on('error', ignore)
        socket.on('close', () => {
          client.destroy()
          redis.destroy()
          this.clients.delete(client)
        })
      }
    })
  }

  async open(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  cut(): void {
    for (const client of this.clients) client.destroy()
  }

  close(): void {
    this.cut()
    this.#server.close()
  }
}

async function consume(queue: RedisQueue, slots = 1): Promise<HeldJobs> {
  const jobs = new HeldJobs()
  queue.consume(jobs.handler, slots)
  await expect.poll(() => queue.workers().length, PATIENCE).toBeGreaterThan(0)
  return jobs
}

describe.skipIf(!hasServer)(
  `the queue on redis-server in trouble${hasServer ? '' : ', skipped: it is not installed'}`,
  () => {
    let server: RedisServer
    const queues: RedisQueue[] = []
    let prefix = ''

    beforeAll(async () => {
      server = await startRedis({ appendOnly: true })
    })
    afterAll(async () => {
      await server.stop()
    })
    afterEach(async () => {
      await Promise.all(queues.splice(0).map((queue) => queue.disconnect()))
      prefix = ''
    })

    /** As another process would have it; the first of a test begins a queue of its own. */
    async function connectQueue(own: Partial<RedisQueueOptions> = {}): Promise<RedisQueue> {
      prefix ||= `test:{${randomUUID()}}:`
      const timing = { beatMs: BEAT_MS, leaseMs: LEASE_MS, memberTtlMs: 1000 }
      const queue = createRedisQueue({ url: server.url, capacity: 8, prefix, ...timing, ...own })
      queues.push(queue)
      await queue.ready()
      return queue
    }

    /** A process that has died: it neither beats nor renews, and nobody has said that it left. */
    const connectMortal = (): Promise<RedisQueue> => connectQueue({ beatMs: LONG_MS })

    async function withLostWorker(): Promise<{ readonly api: RedisQueue; readonly lost: HeldJobs }> {
      const api = await connectQueue()
      const lost = new HeldJobs()
      const mortal = await connectMortal()
      mortal.consume(lost.handler, 1)
      return { api, lost }
    }

    it('gives the job of a lost worker to another one, and takes only its answer', async () => {
      const { api, lost } = await withLostWorker()
      const answer = api.submit(requestOf('a'))
      await lost.untilStarted(1)
      const other = await consume(await connectQueue())
      await other.untilStarted(1)
      lost.finish('a')
      other.finish('a')
      expect(await answer).toEqual(resultOf('a'))
      expect(other.started).toEqual(['a'])
    })

    it('ends a job that lost two workers as internal_error', async () => {
      const { api, lost } = await withLostWorker()
      const answer = api.submit(requestOf('a'))
      await lost.untilStarted(1)
      const second = new HeldJobs()
      const mortal = await connectMortal()
      mortal.consume(second.handler, 1)
      await second.untilStarted(1)
      expect(await answer).toMatchObject({ jobId: 'a', status: 'internal_error' })
    })

    it('does not run again what somebody has watched', async () => {
      const { api, lost } = await withLostWorker()
      const answer = api.submit(requestOf('a'), { onEvent: ignore })
      await lost.untilStarted(1)
      await lost.contexts
        .get('a')
        ?.emit({ type: 'output', stage: 'run', stream: 'stdout', chunk: Buffer.from('shown') })
      const other = await consume(await connectQueue())
      expect(await answer).toMatchObject({ status: 'internal_error' })
      expect(other.started).toEqual([])
    })

    it('tells who follows a durable job that it begins again', async () => {
      const { api, lost } = await withLostWorker()
      const events: ExecutionEvent[] = []
      const answer = api.submit(requestOf('a'), {
        durable: true,
        onEvent: (event) => void events.push(event),
      })
      const output = { type: 'output', stage: 'run', stream: 'stdout', chunk: Buffer.from('x') } as const
      await lost.untilStarted(1)
      void lost.contexts.get('a')?.emit({ type: 'stage-started', stage: 'run' })
      await lost.contexts.get('a')?.emit(output)
      await expect.poll(() => events.map(({ type }) => type), PATIENCE).toContain('output')
      const other = await consume(await connectQueue())
      await other.untilStarted(1)
      void other.contexts.get('a')?.emit({ type: 'stage-started', stage: 'run' })
      other.finish('a')
      expect(await answer).toEqual(resultOf('a'))
      expect(events.map(({ type }) => type).filter((type) => type !== 'queued')).toEqual([
        'stage-started',
        'output',
        'stage-started',
      ])
    })

    it('ends what runs for a submitter that is gone, and forgets what waits', async () => {
      const mortal = await connectQueue({ beatMs: LONG_MS })
      const jobs = await consume(await connectQueue())
      for (const name of ['runs', 'waits']) mortal.submit(requestOf(name)).catch(ignore)
      await jobs.untilStarted(1)
      const [started = ''] = jobs.started
      await expect.poll(() => jobs.contexts.get(started)?.signal.aborted, PATIENCE).toBe(true)
      await expect.poll(() => queues.at(-1)?.stats(), PATIENCE).toMatchObject({ queued: 0, running: 0 })
      expect(jobs.started).toHaveLength(1)
    })

    it('keeps a durable job of a submitter that is gone, for whoever asks for it next', async () => {
      const mortal = await connectMortal()
      const jobs = await consume(await connectQueue())
      mortal.submit(requestOf('a'), { durable: true }).catch(ignore)
      await jobs.untilStarted(1)
      const other = await connectQueue()
      expect(await other.unattended(['a', 'unknown'])).toEqual(['unknown'])
      await expect(other.submit(requestOf('a'), { durable: true })).rejects.toThrow(FollowedElsewhere)
      await expect.poll(() => other.unattended(['a']), PATIENCE).toEqual(['a'])
      const answer = other.submit(requestOf('a'), { durable: true })
      await expect.poll(() => other.unattended(['a']), PATIENCE).toEqual([])
      jobs.finish('a')
      expect(await answer).toEqual(resultOf('a'))
      expect(jobs.started).toEqual(['a'])
    })

    it('gives the result of a durable job that ended while nobody followed it', async () => {
      const mortal = await connectMortal()
      const jobs = await consume(await connectQueue())
      mortal.submit(requestOf('a'), { durable: true }).catch(ignore)
      await jobs.untilStarted(1)
      await expect.poll(() => queues.at(-1)?.unattended(['a']), PATIENCE).toEqual(['a'])
      jobs.finish('a')
      const other = await connectQueue()
      await expect.poll(() => other.stats(), PATIENCE).toMatchObject({ running: 0 })
      expect(await other.submit(requestOf('a'), { durable: true })).toEqual(resultOf('a'))
      expect(jobs.started).toEqual(['a'])
    })

    it('lets any process cancel: what waits never runs, what runs is ended', async () => {
      const [api, other] = [await connectQueue(), await connectQueue()]
      const jobs = await consume(await connectQueue())
      const answers = ['runs', 'waits'].map((name) => api.submit(requestOf(name)))
      await jobs.untilStarted(1)
      await expect.poll(() => other.cancel('waits'), PATIENCE).toBe('removed')
      expect(await other.cancel('runs')).toBe('running')
      expect(await Promise.all(answers)).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }])
      expect(await other.cancel('runs')).toBe('gone')
      expect(jobs.started).toEqual(['runs'])
    })

    it('survives a restart of Redis: what waits and what runs goes on', async () => {
      const api = await connectQueue({ memberTtlMs: 30_000, leaseMs: 30_000 })
      const jobs = await consume(await connectQueue({ memberTtlMs: 30_000, leaseMs: 30_000 }))
      const answers = ['runs', 'waits'].map((name) => api.submit(requestOf(name)))
      await jobs.untilStarted(1)
      await server.end('SIGKILL')
      await expect.poll(() => api.isUp, PATIENCE).toBe(false)
      jobs.finish('runs')
      await server.start()
      await jobs.untilStarted(2)
      jobs.finish('waits')
      expect((await Promise.all(answers)).map(({ jobId }) => jobId)).toEqual(['runs', 'waits'])
      expect(jobs.started).toEqual(['runs', 'waits'])
    })

    it('refuses with QUEUE_UNAVAILABLE while Redis is away, and takes jobs again by itself', async () => {
      const queue = await connectQueue()
      const jobs = await consume(queue)
      await server.end('SIGTERM')
      await expect.poll(() => queue.isUp, PATIENCE).toBe(false)
      await expect(queue.submit(requestOf('refused'))).rejects.toMatchObject({
        code: 'QUEUE_UNAVAILABLE',
        status: 503,
        retryAfterSeconds: expect.any(Number) as number,
      })
      await server.start()
      await expect.poll(() => queue.isUp, PATIENCE).toBe(true)
      const answer = queue.submit(requestOf('taken'))
      await jobs.untilStarted(1)
      jobs.finish('taken')
      expect(await answer).toEqual(resultOf('taken'))
    })

    it('leaves quietly while it subscribes again', async () => {
      const gate = new Gate(server.url)
      const unhandled: unknown[] = []
      const onUnhandled = (error: unknown): void => void unhandled.push(error)
      process.on('unhandledRejection', onUnhandled)
      try {
        const queue = await connectQueue({ url: await gate.open() })
        gate.keepsSubscriptions = true
        gate.cut()
        await expect.poll(() => gate.kept, PATIENCE).toBeGreaterThan(0)
        await queue.disconnect()
        await expect.poll(() => gate.clients.size, PATIENCE).toBe(0)
        // Rejections that nobody has handled are told after the promises of a turn have been.
        await new Promise(setImmediate)
        expect(unhandled).toEqual([])
      } finally {
        process.off('unhandledRejection', onUnhandled)
        gate.close()
      }
    })

    it('answers what waited when Redis stays away, but not what is durable', async () => {
      const queue = await connectQueue()
      const refused = queue.submit(requestOf('impatient'))
      const durable = queue.submit(requestOf('durable'), { durable: true })
      await expect.poll(() => queue.stats().queued, PATIENCE).toBe(2)
      await server.end('SIGTERM')
      await expect(refused).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' })
      await server.start()
      const jobs = await consume(await connectQueue())
      await jobs.untilStarted(1)
      expect(jobs.started).toEqual(['durable'])
      jobs.finish('durable')
      expect(await durable).toEqual(resultOf('durable'))
    })

    it('puts a durable job back that a Redis without its data has lost', async () => {
      const api = await connectQueue()
      const answer = api.submit(requestOf('a'), { durable: true })
      await expect.poll(() => api.stats().queued, PATIENCE).toBe(1)
      expect(await api.cancel('nobody')).toBe('gone')
      await server.forget()
      const jobs = await consume(await connectQueue())
      await jobs.untilStarted(1)
      jobs.finish('a')
      expect(await answer).toEqual(resultOf('a'))
    })
  },
)
