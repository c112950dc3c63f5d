import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe } from 'vitest'
import type { RedisServer } from '../../scripts/redis.mjs'
import { hasRedis, startRedis } from '../../scripts/redis.mjs'
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

  testJobQueue('redis', async (capacity) => {
    const queue = createRedisQueue({ url: server?.url ?? '', capacity, prefix: `test:{${randomUUID()}}:` })
    await queue.ready()
    return { queue, dispose: () => queue.disconnect() }
  })
})
