import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../scripts/redis.mjs'
import { hasRedis, startRedis } from '../../scripts/redis.mjs'
import type { ExecutionResult } from '../contract/execution.js'
import { toyRequest } from '../execution/test-support.js'
import { testJobQueue } from './conformance.js'
import { createRedisQueue } from './redis.js'

const hasServer = hasRedis()

describe.skipIf(!hasServer)(`on redis-server${hasServer ? '' : ', skipped: it is not installed'}`, () => {
  let server: RedisServer | undefined

  beforeAll(async () => {
    server = await startRedis()
  })

  afterAll(async () => {
    await server?.stop()
  })

  testJobQueue('redis', async (capacity, bounds) => {
    const prefix = `test:{${randomUUID()}}:`
    const queue = createRedisQueue({ url: server?.url ?? '', capacity, prefix, ...bounds })
    await queue.ready()
    return { queue, dispose: () => queue.disconnect() }
  })

  it('tells of every job once how long it waited', async () => {
    const waits: number[] = []
    const shared = { url: server?.url ?? '', capacity: 10, prefix: `test:{${randomUUID()}}:` }
    const submitting = createRedisQueue({ ...shared, onTaken: (waitedMs) => waits.push(waitedMs) })
    const working = createRedisQueue(shared)
    await Promise.all([submitting.ready(), working.ready()])
    const { jobId } = toyRequest()
    const result: ExecutionResult = {
      jobId,
      language: 'fake',
      version: '1',
      status: 'succeeded',
      errorMessage: null,
      compile: null,
      run: null,
    }
    const answer = submitting.submit(toyRequest())
    working.consume(() => Promise.resolve(result), 1)
    await answer
    await expect.poll(() => waits).toEqual([expect.any(Number)])
    await Promise.all([submitting.disconnect(), working.disconnect()])
  })
})
