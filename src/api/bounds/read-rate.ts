import type { onRequestHookHandler } from 'fastify'
import type { Rate } from '../../config/values.js'
import { ServiceError } from '../../contract/errors.js'
import { createClientKeys } from '../client-key.js'
import { ClientRates } from '../client-rates.js'

/** A loose limit: programs poll, but none as fast as it can. */
export function limitReads(rate: Rate | null): onRequestHookHandler {
  if (rate === null) return (_request, _reply, done) => done()
  const keys = createClientKeys()
  const rates = new ClientRates(rate)
  return ({ identity, ip }, _reply, done) => {
    const { allowed, resetSeconds } = rates.take(keys.of(identity?.id, ip))
    if (allowed) return done()
    const message = `Too many reads: ${rate.requests} are allowed in ${rate.windowMs / 1000} seconds; follow with /events or ?wait= instead of polling`
    done(new ServiceError('RATE_LIMITED', message, { retryAfterSeconds: resetSeconds }))
  }
}
