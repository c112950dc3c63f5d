import type { onRequestHookHandler } from 'fastify'
import type { Rate } from '../../config/values.js'
import { ServiceError } from '../../contract/errors.js'
import { createClientKeys } from '../client-key.js'
import type { ApiContext } from '../dependencies.js'
import { ClientRates } from '../client-rates.js'

/** Hooks of every endpoint that executes code, before its body is read. All of them share one limit. */
export type ExecutingHooks = readonly onRequestHookHandler[]

/** Of endpoints that answer with the result: a request that the queue would refuse is not read for it. */
export function refuseWhileFull({ queue }: Pick<ApiContext, 'queue'>): onRequestHookHandler {
  return ({ clientKey }, _reply, done) => done(queue.refusal?.(clientKey))
}

export function executingHooks({ config, lifecycle }: ApiContext): ExecutingHooks {
  const keys = createClientKeys()
  const { rateLimit } = config.http
  const limiters = new LimitersByRate()

  const refuseWhileDraining: onRequestHookHandler = (_request, reply, done) => {
    if (!lifecycle.draining) {
      done()
      return
    }
    void reply.header('connection', 'close')
    done(new ServiceError('SHUTTING_DOWN', 'The service is stopping; send the request again in a moment'))
  }

  const limitRate: onRequestHookHandler = (request, reply, done) => {
    const { identity } = request
    const client = keys.of(identity?.id, request.ip)
    request.clientKey = client.network
    const rate = identity?.rate === undefined ? rateLimit : identity.rate
    if (rate === null) {
      request.chargeExecutions = () => {}
      done()
      return
    }
    const limiter = limiters.of(rate)
    request.chargeExecutions = (count) => {
      const more = limiter.take(client, count)
      if (!more.allowed) throw tooMany(rate, more.resetSeconds)
    }
    const { allowed, limit, remaining, resetSeconds } = limiter.take(client)
    void reply.headers({
      'ratelimit-limit': limit,
      'ratelimit-remaining': remaining,
      'ratelimit-reset': resetSeconds,
      'ratelimit-policy': `${rate.requests};w=${Math.ceil(rate.windowMs / 1000)}`,
    })
    done(allowed ? undefined : tooMany(rate, resetSeconds))
  }

  return [refuseWhileDraining, limitRate]
}

/** As many limiters as there are rates: that of everyone and those of some API keys. */
class LimitersByRate {
  readonly #limiters = new Map<string, ClientRates>()

  of(rate: Rate): ClientRates {
    const name = `${rate.requests}/${rate.windowMs}`
    const limiter = this.#limiters.get(name) ?? new ClientRates(rate)
    this.#limiters.set(name, limiter)
    return limiter
  }
}

function tooMany({ requests, windowMs }: Rate, resetSeconds: number): ServiceError {
  const message = `Too many executions: ${requests} are allowed in ${windowMs / 1000} seconds; try again in ${resetSeconds} seconds`
  return new ServiceError('RATE_LIMITED', message, { retryAfterSeconds: resetSeconds })
}
