import type { onRequestHookHandler } from 'fastify'
import type { Rate } from '../../config/values.js'
import { ServiceError } from '../../contract/errors.js'
import { createClientKeys } from '../client-key.js'
import type { ApiContext } from '../dependencies.js'
import { RateLimiter } from '../rate-limiter.js'

/** Hooks of every endpoint that executes code, before its body is read. All of them share one limit. */
export type ExecutingHooks = readonly onRequestHookHandler[]

export function executingHooks({ config, lifecycle }: ApiContext): ExecutingHooks {
  const keyOf = createClientKeys()
  const { rateLimit } = config.http
  const limiter = rateLimit === null ? undefined : new RateLimiter(rateLimit, () => performance.now())
  const policy = rateLimit === null ? '' : `${rateLimit.requests};w=${Math.ceil(rateLimit.windowMs / 1000)}`

  const refuseWhileDraining: onRequestHookHandler = (_request, reply, done) => {
    if (!lifecycle.draining) {
      done()
      return
    }
    void reply.header('connection', 'close')
    done(new ServiceError('SHUTTING_DOWN', 'The service is stopping; send the request again in a moment'))
  }

  const limitRate: onRequestHookHandler = (request, reply, done) => {
    request.clientKey = keyOf(request.ip)
    if (limiter === undefined || rateLimit === null) {
      request.chargeExecutions = () => {}
      done()
      return
    }
    request.chargeExecutions = (count) => {
      const more = limiter.take(request.clientKey, count)
      if (!more.allowed) throw tooMany(rateLimit, more.resetSeconds)
    }
    const { allowed, limit, remaining, resetSeconds } = limiter.take(request.clientKey)
    void reply.headers({
      'ratelimit-limit': limit,
      'ratelimit-remaining': remaining,
      'ratelimit-reset': resetSeconds,
      'ratelimit-policy': policy,
    })
    done(allowed ? undefined : tooMany(rateLimit, resetSeconds))
  }

  return [refuseWhileDraining, limitRate]
}

function tooMany({ requests, windowMs }: Rate, resetSeconds: number): ServiceError {
  const message = `Too many executions: ${requests} are allowed in ${windowMs / 1000} seconds; try again in ${resetSeconds} seconds`
  return new ServiceError('RATE_LIMITED', message, { retryAfterSeconds: resetSeconds })
}
