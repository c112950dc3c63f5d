/** What the shared queue keeps in Redis is bounded, given back, and refused in words that are true. */
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../scripts/redis.mjs'
import { hasRedis, startRedis } from '../../scripts/redis.mjs'
import { HeldJobs, LONG_MS, requestOf, resultOf } from './conformance/harness.js'
import { createRedisQueue } from './redis.js'
import type { RedisQueue, RedisQueueOptions } from './redis.js'

const hasServer = hasRedis()
const PATIENCE = { timeout: 20_000, interval: 20 }
const MIB = 2 ** 20
const TIMING = { beatMs: 50, leaseMs: 400, memberTtlMs: 1000 }

function bytesOf(mebibytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(mebibytes * MIB)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((left, right) => left + right, 0)
}

/** Everything that the bounds are counted by, and what it should be by the jobs that are there. */
async function accounts(redis: Redis, prefix: string) {
  const [total, byClient, sizes, jobs] = await Promise.all([
    redis.get(`${prefix}bytes`),
    redis.hgetall(`${prefix}clientBytes`),
    redis.hgetall(`${prefix}sizes`),
    redis.keys(`${prefix}job:*`),
  ])
  return {
    total: Number(total ?? 0),
    clients: sum(Object.values(byClient).map(Number)),
    sizes: sum(Object.values(sizes).map((size) => Number(size.split(' ')[0]))),
    jobs: jobs.length,
  }
}

describe.skipIf(!hasServer)(
  `bounds of the queue on redis-server${hasServer ? '' : ', skipped: it is not installed'}`,
  () => {
    const servers: RedisServer[] = []
    const queues: RedisQueue[] = []
    const clients: Redis[] = []

    afterEach(async () => {
      await Promise.all(queues.splice(0).map((queue) => queue.disconnect()))
      for (const redis of clients.splice(0)) redis.disconnect()
      await Promise.all(servers.splice(0).map((server) => server.stop()))
    })

    async function start(options: readonly string[] = []): Promise<RedisServer> {
      const server = await startRedis({ options })
      servers.push(server)
      return server
    }

    function connect(server: RedisServer, prefix: string, own: Partial<RedisQueueOptions> = {}): RedisQueue {
      const queue = createRedisQueue({
        url: server.url,
        capacity: 100,
        prefix,
        clientShare: 1,
        ...TIMING,
        ...own,
      })
      queues.push(queue)
      return queue
    }

    function client({ url }: RedisServer): Redis {
      const made = new Redis(url)
      clients.push(made)
      return made
    }

    const EMPTY = { total: 0, clients: 0, sizes: 0, jobs: 0 }

    it('says that the queue is full where Redis has no memory left, and goes on when it has', async () => {
      const server = await start(['--maxmemory', '16mb', '--maxmemory-policy', 'noeviction'])
      let told = 0
      const refusals: string[] = []
      const prefix = `test:{${randomUUID()}}:`
      const queue = connect(server, prefix, {
        onOutOfMemory: () => told++,
        onRefused: (reason) => refusals.push(reason),
      })
      await queue.ready()
      const jobs = new HeldJobs()
      queue.consume(jobs.handler, 1)
      const running = queue.submit(requestOf('running'))
      await jobs.untilStarted(1)
      const waiting = queue.submit(requestOf('waiting', bytesOf(1)))
      await expect.poll(() => queue.stats().queued, PATIENCE).toBe(1)
      const redis = client(server)
      // As when others have filled it.
      await redis.config('SET', 'maxmemory', '1mb')
      await expect(queue.check()).rejects.toMatchObject({ code: 'QUEUE_FULL' })
      await expect(queue.submit(requestOf('refused', bytesOf(1)))).rejects.toMatchObject({
        code: 'QUEUE_FULL',
        message: expect.stringContaining('no memory left') as string,
        retryAfterSeconds: 10,
      })
      expect(told).toBeGreaterThan(0)
      expect(refusals).toEqual(['memory'])
      expect(queue.isUp).toBe(true)
      // What was accepted goes on: it is what makes room.
      jobs.finish('running')
      expect(await running).toEqual(resultOf('running'))
      await jobs.untilStarted(2)
      jobs.finish('waiting')
      expect(await waiting).toEqual(resultOf('waiting'))
      await redis.config('SET', 'maxmemory', '16mb')
      await queue.check()
      await expect.poll(() => queue.stats().maxBytes, PATIENCE).toBe(4 * MIB)
      const again = queue.submit(requestOf('again', bytesOf(1)))
      await jobs.untilStarted(3)
      jobs.finish('again')
      await again
      await expect.poll(() => accounts(redis, prefix), PATIENCE).toEqual(EMPTY)
    })

    it('takes a quarter of Redis’ memory for requests, so that it never comes to that', async () => {
      const server = await start(['--maxmemory', '32mb', '--maxmemory-policy', 'noeviction'])
      const queue = connect(server, `test:{${randomUUID()}}:`, { maxBytes: 64 * MIB })
      await queue.ready()
      expect(queue.stats().maxBytes).toBe(8 * MIB)
      const outcomes: unknown[] = []
      const jobs = Array.from({ length: 40 }, (_, index) =>
        queue.submit(requestOf(`job ${index}`, bytesOf(1)), { clientKey: String(index) }).then(
          (result) => result.status,
          (error: unknown) => outcomes.push(error),
        ),
      )
      await expect.poll(() => outcomes.length, PATIENCE).toBe(33)
      for (const error of outcomes)
        expect(error).toMatchObject({
          code: 'QUEUE_FULL',
          message: expect.stringContaining('memory') as string,
        })
      await expect.poll(() => queue.memory?.usedBytes, PATIENCE).toBeGreaterThan(7 * MIB)
      queue.consume((request) => Promise.resolve(resultOf(request.jobId)), 2)
      await Promise.all(jobs)
      await expect.poll(() => queue.memory?.usedBytes ?? Infinity, PATIENCE).toBeLessThan(4 * MIB)
    })

    it('follows a maxmemory that is changed while it runs', async () => {
      const server = await start()
      const queue = connect(server, `test:{${randomUUID()}}:`, { maxBytes: 64 * MIB })
      await queue.ready()
      expect(queue.memory?.maxBytes).toBe(0)
      expect(queue.stats().maxBytes).toBe(64 * MIB)
      await client(server).config('SET', 'maxmemory', '16mb')
      await expect.poll(() => queue.stats().maxBytes, PATIENCE).toBe(4 * MIB)
    })

    it('gives back what jobs took whose submitter has died, whoever is left', async () => {
      const server = await start()
      const prefix = `test:{${randomUUID()}}:`
      const dead = connect(server, prefix, { beatMs: LONG_MS })
      await dead.ready()
      for (const index of [0, 1, 2]) dead.submit(requestOf(`job ${index}`, bytesOf(1))).catch(() => {})
      const redis = client(server)
      await expect.poll(async () => (await accounts(redis, prefix)).jobs, PATIENCE).toBe(3)
      // No worker takes them out; another api is enough.
      const other = connect(server, prefix)
      await other.ready()
      await expect.poll(() => accounts(redis, prefix), PATIENCE).toEqual(EMPTY)
      expect(other.stats().queued).toBe(0)
    })

    it('gives back what jobs took whose keys have gone', async () => {
      const server = await start()
      const prefix = `test:{${randomUUID()}}:`
      const queue = connect(server, prefix)
      await queue.ready()
      queue.submit(requestOf('expired', bytesOf(1))).catch(() => {})
      const redis = client(server)
      await expect.poll(async () => (await accounts(redis, prefix)).jobs, PATIENCE).toBe(1)
      await redis.del(`${prefix}job:expired`)
      await expect.poll(() => accounts(redis, prefix), PATIENCE).toEqual(EMPTY)
    })

    it('keeps the result of a durable job until it is kept elsewhere, and counts it', async () => {
      const server = await start()
      const prefix = `test:{${randomUUID()}}:`
      const queue = connect(server, prefix)
      await queue.ready()
      queue.consume(({ jobId }) => Promise.resolve(resultOf(jobId)), 1)
      expect(await queue.submit(requestOf('durable', bytesOf(1)), { durable: true })).toEqual(
        resultOf('durable'),
      )
      const redis = client(server)
      const kept = await accounts(redis, prefix)
      expect(kept).toMatchObject({ jobs: 1, clients: kept.total, sizes: kept.total })
      expect(kept.total).toBeLessThan(MIB)
      expect(await queue.submit(requestOf('durable'), { durable: true })).toEqual(resultOf('durable'))
      await queue.forget('durable')
      expect(await accounts(redis, prefix)).toEqual(EMPTY)
    })

    it('counts right whatever becomes of jobs, on workers that stop, die and give back', async () => {
      const server = await start()
      const prefix = `test:{${randomUUID()}}:`
      const api = connect(server, prefix)
      await api.ready()
      let next = 0
      const random = (count: number): number => (next = (next * 1103515245 + 12345) % 2 ** 31) % count
      const answers = Array.from({ length: 120 }, (_, index) => {
        const aborter = new AbortController()
        if (random(4) === 0) setTimeout(() => aborter.abort(new Error('given up')), random(400))
        const durable = random(3) === 0
        const options = { clientKey: `client ${random(5)}`, durable, signal: aborter.signal }
        return api
          .submit(requestOf(`job ${index}`, new Uint8Array(random(50_000))), options)
          .then(() => (durable ? api.forget(`job ${index}`) : undefined))
          .catch(() => {})
      })
      for (let round = 0; round < 3; round++) {
        const dying = connect(server, prefix, { beatMs: LONG_MS })
        dying.consume(() => new Promise(() => {}), 2)
        const stopping = connect(server, prefix)
        const consumer = stopping.consume(async ({ jobId }) => {
          await new Promise((resolve) => setTimeout(resolve, random(20)))
          return resultOf(jobId)
        }, 2)
        await new Promise((resolve) => setTimeout(resolve, 300))
        await consumer.drain(0)
      }
      connect(server, prefix).consume(({ jobId }) => Promise.resolve(resultOf(jobId)), 4)
      await Promise.all(answers)
      const redis = client(server)
      // Those that were given up while they ran may end a little later.
      await expect
        .poll(async () => {
          for (const key of await redis.keys(`${prefix}job:*`)) await api.forget(key.split(':job:')[1] ?? '')
          return accounts(redis, prefix)
        }, PATIENCE)
        .toEqual(EMPTY)
      expect(api.stats()).toMatchObject({ queued: 0, running: 0 })
    })

    it('refuses a server that cannot do what it needs, in one sentence', async () => {
      const server = await start(['--rename-command', 'XTRIM', ''])
      const problems: string[] = []
      const queue = connect(server, `test:{${randomUUID()}}:`, {
        onUnusable: (problem) => problems.push(problem),
      })
      await queue.attempted()
      expect(queue.isUp).toBe(false)
      expect(queue.problem).toMatch(
        /^The Redis server \(version [\d.]+\) cannot do XTRIM .* 6\.2 or newer.*\.$/,
      )
      expect(problems).toEqual([queue.problem])
      await expect(queue.submit(requestOf('refused'))).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' })
    })

    it('keeps no mail that has been read, and none for a process that has gone', async () => {
      const server = await start()
      const prefix = `test:{${randomUUID()}}:`
      const api = connect(server, prefix)
      await api.ready()
      const output = { type: 'output', stage: 'run', stream: 'stdout', chunk: bytesOf(0.02) } as const
      const worker = connect(server, prefix)
      worker.consume(async ({ jobId }, { emit }) => {
        await emit(output)
        return resultOf(jobId)
      }, 2)
      const followed = Array.from({ length: 50 }, (_, index) =>
        api.submit(requestOf(`job ${index}`), { onEvent: () => {} }),
      )
      await Promise.all(followed)
      const redis = client(server)
      const mail = async (): Promise<number> => {
        const boxes = await redis.keys(`${prefix}mail:*`)
        const lengths = await Promise.all(boxes.map((box) => redis.xlen(box)))
        return sum(lengths)
      }
      await expect.poll(mail, PATIENCE).toBe(0)
      await api.disconnect()
      await worker.disconnect()
      expect(await redis.keys(`${prefix}mail:*`)).toEqual([])
    })
  },
)
