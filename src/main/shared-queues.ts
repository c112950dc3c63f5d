/** The two queues that roles share through Redis, and how they stand. */
import type { ReadinessCheck } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import type { Logger } from '../observability/logger.js'
import { createRedisQueue } from '../queue/redis.js'
import type { RedisQueue, RedisQueueOptions } from '../queue/redis.js'

export interface SharedQueues {
  readonly jobs: RedisQueue
  /** Sessions wait for people most of the time, so they have slots of their own and keep nobody else waiting. */
  readonly sessions: RedisQueue
}

export function connectQueues(
  config: Config,
  logger: Logger,
  { describe, onTaken }: Pick<RedisQueueOptions, 'describe' | 'onTaken'>,
): SharedQueues {
  const url = redisUrlOf(config)
  const { capacity } = config.queue
  const onAvailability = (isUp: boolean): void => {
    if (isUp) logger.info('connected to the queue')
    else logger.warn('the connection to the queue is lost')
  }
  const shared = { url, capacity, ...(onTaken !== undefined && { onTaken }) }
  return {
    jobs: createRedisQueue({ ...shared, onAvailability, ...(describe !== undefined && { describe }) }),
    sessions: createRedisQueue({ ...shared, prefix: 'codeexec:{sessions}:' }),
  }
}

/** Where the shared queue is; load-config refuses roles that need it without. */
export function redisUrlOf({ redisUrl }: Config): string {
  return redisUrl ?? ''
}

export function queueCheck({ jobs, sessions }: SharedQueues): ReadinessCheck {
  const ok = jobs.isUp && sessions.isUp
  return { name: 'queue', ok, detail: ok ? 'connected' : 'cannot be reached' }
}
