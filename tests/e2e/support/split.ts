/** The service as several processes around a real Redis and a real MongoDB-protocol server. */
import { afterAll, beforeAll } from 'vitest'
import type { RedisServer } from '../../../scripts/redis.mjs'
import { hasRedis, startRedis } from '../../../scripts/redis.mjs'
import { startMongodb } from '../../../src/store/mongodb-test-server.js'
import type { MongodbServer } from '../../../src/store/mongodb-test-server.js'
import { reasonToSkip, startService } from '../../hostile/harness/service.js'
import type { Service } from '../../hostile/harness/service.js'
import { describeWhereItCanRun, withService } from './suite.js'

export interface Split {
  readonly redis: RedisServer
  /** Of this service's own database. */
  readonly mongodbUrl: string
  readonly apis: Service[]
  readonly workers: Service[]
  /** Starts another process of a role, and waits until it is ready. */
  start(role: 'api' | 'worker'): Promise<Service>
  stop(): Promise<void>
}

/** Why there can be no split service here, or undefined. */
export function reasonNotToSplit(): string | undefined {
  if (!hasRedis()) return 'redis-server is not installed'
  if (mongodb === undefined) return 'there is no MONGODB_URL and no Go toolchain to build FerretDB with'
  return undefined
}

/** One for all suites of a file; each service has a database of its own in it. */
const mongodb: MongodbServer | undefined = hasRedis() ? await startMongodb() : undefined
let databases = 0
// A worker of the test runner may be ended without a chance to do it then.
afterAll(() => mongodb?.stop())

export async function startSplit(
  environment: Readonly<Record<string, string>> = {},
  { apis = 1, workers = 2, appendOnly = false, redis: options = [] as readonly string[] } = {},
): Promise<Split> {
  const redis = await startRedis({ appendOnly, options })
  const url = new URL(mongodb?.url ?? '')
  url.pathname = `/split_${process.pid}_${databases++}`
  const split: Split = {
    redis,
    mongodbUrl: url.href,
    apis: [],
    workers: [],
    async start(role) {
      const service = await startService({
        CODEEXEC_ROLE: role,
        REDIS_URL: redis.url,
        MONGODB_URL: url.href,
        ...environment,
      })
      split[role === 'api' ? 'apis' : 'workers'].push(service)
      return service
    },
    async stop() {
      await Promise.all([...split.apis, ...split.workers].map((service) => service.stop()))
      await redis.stop()
    },
  }
  try {
    await Promise.all(Array.from({ length: workers }, () => split.start('worker')))
    await Promise.all(Array.from({ length: apis }, () => split.start('api')))
    return split
  } catch (error) {
    await split.stop()
    throw error
  }
}

/** Describes tests of split services; skipped with the reason where there is no means for one. */
export function describeSplit(title: string, tests: () => void): void {
  describeWhereItCanRun(title, tests, reasonToSkip() ?? reasonNotToSplit())
}

/** Describes what must be the same whether the service is one process or several. */
export function withEveryService(
  title: string,
  environment: Readonly<Record<string, string>>,
  tests: (service: () => Service) => void,
  { workers = 2 } = {},
): void {
  withService(title, environment, tests)
  describeSplit(`${title}, through api and workers`, () => {
    let split: Split | undefined
    beforeAll(async () => {
      split = await startSplit({ CODEEXEC_SLOTS: '1', ...environment }, { workers })
    })
    afterAll(async () => {
      await split?.stop()
    })
    tests(() => {
      const [api] = split?.apis ?? []
      if (api === undefined) throw new Error('the service has not started')
      return api
    })
  })
}
