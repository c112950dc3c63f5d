/** The two queues that roles share through Redis, and how they stand. */
import { setTimeout } from 'node:timers/promises'
import type { ReadinessCheck } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import { ServiceError } from '../contract/errors.js'
import type { Logger } from '../observability/logger.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import { createRedisQueue } from '../queue/redis.js'
import type { RedisQueue, RedisQueueOptions } from '../queue/redis.js'
import { queueOptions } from './queue-options.js'
import { StartError } from './start-error.js'

export interface SharedQueues {
  readonly jobs: RedisQueue
  /** Sessions wait for people most of the time, so they have slots of their own and keep nobody else waiting. */
  readonly sessions: RedisQueue
}

/** Shorter than readiness and metrics wait for all checks together. */
const CHECK_DEADLINE_MS = 1500
/** How often the log says that Redis is full while it is. */
const FULL_LOG_INTERVAL_MS = 60_000

/** Rejects with StartError where Redis answers and cannot be used; one that is away is waited for in the background. */
export async function connectQueues(
  config: Config,
  logger: Logger,
  metrics: Metrics,
  { describe }: Pick<RedisQueueOptions, 'describe'> = {},
): Promise<SharedQueues> {
  const url = redisUrlOf(config)
  const onOutOfMemory = atMostEvery(FULL_LOG_INTERVAL_MS, () =>
    logger.error('Redis has no memory left (maxmemory): what is new is refused with QUEUE_FULL until it has'),
  )
  const onAvailability = (isUp: boolean): void => {
    if (!isUp) return logger.warn('the connection to the queue is lost')
    logger.info('connected to the queue')
    warnOfMemory(jobs, logger)
  }
  const jobs = createRedisQueue({
    ...queueOptions(config, metrics, 'jobs'),
    url,
    onOutOfMemory,
    onAvailability,
    onUnusable: (problem) => logger.error(problem),
    ...(describe !== undefined && { describe }),
  })
  const sessions = createRedisQueue({
    ...queueOptions(config, metrics, 'sessions'),
    url,
    onOutOfMemory,
    prefix: 'codeexec:{sessions}:',
  })
  metrics.watchQueues(() => ({ jobs: jobs.stats(), sessions: sessions.stats() }))
  metrics.watchRedis(() => jobs.memory)
  await jobs.attempted()
  if (jobs.problem === undefined) return { jobs, sessions }
  await Promise.all([jobs.disconnect(), sessions.disconnect()])
  throw new StartError(jobs.problem)
}

/** Where the shared queue is; load-config refuses roles that need it without. */
export function redisUrlOf({ redisUrl }: Config): string {
  return redisUrl ?? ''
}

/** Reached, and it takes what is written. */
export async function queueCheck({ jobs, sessions }: SharedQueues): Promise<ReadinessCheck> {
  const answer = Promise.all([jobs.check(), sessions.check()]).then(
    () => 'connected',
    (error: unknown) => {
      if (jobs.problem !== undefined) return jobs.problem
      const isFull = error instanceof ServiceError && error.code === 'QUEUE_FULL'
      return isFull ? 'its memory is used up' : 'cannot be reached'
    },
  )
  const late = new AbortController()
  const detail = await Promise.race([
    answer,
    setTimeout(CHECK_DEADLINE_MS, 'does not answer', { signal: late.signal }),
  ])
  late.abort()
  return { name: 'queue', ok: detail === 'connected', detail }
}

function warnOfMemory({ memory }: RedisQueue, logger: Logger): void {
  if (memory === undefined) return
  if (memory.maxBytes === 0) {
    logger.warn('Redis has no maxmemory: set one, so that it refuses what is too much instead of being ended')
  } else if (memory.policy !== 'noeviction') {
    logger.warn(`Redis throws out keys when it is full (${memory.policy}): set maxmemory-policy noeviction`)
  }
}

function atMostEvery(milliseconds: number, act: () => void): () => void {
  let lastMs = -Infinity
  return () => {
    const nowMs = performance.now()
    if (nowMs - lastMs < milliseconds) return
    lastMs = nowMs
    act()
  }
}
