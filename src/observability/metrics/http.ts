import { Counter, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { HttpObserver } from '../http-observation.js'
import { DURATION_BUCKETS_SECONDS } from './buckets.js'

const TOO_MANY_REQUESTS = 429

/** Answered requests by method, route and status. */
export function httpMetrics(registry: Registry): HttpObserver {
  const requests = new Counter({
    name: 'codeexec_http_requests_total',
    help: 'HTTP requests answered.',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'codeexec_http_request_duration_seconds',
    help: 'Time from the end of the request headers to the end of the answer.',
    labelNames: ['method', 'route'] as const,
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  })
  const rateLimited = new Counter({
    name: 'codeexec_http_rate_limited_total',
    help: 'Requests refused because their client had used up its rate, or its room in the store.',
    labelNames: ['route'] as const,
    registers: [registry],
  })
  const errors = new Counter({
    name: 'codeexec_http_errors_total',
    help: 'Requests answered with an error, by its code.',
    labelNames: ['code'] as const,
    registers: [registry],
  })
  return ({ method, route, statusCode, durationMs, errorCode }) => {
    if (errorCode !== '') errors.inc({ code: errorCode })
    requests.inc({ method, route, status: statusCode })
    if (statusCode === TOO_MANY_REQUESTS) rateLimited.inc({ route })
    duration.observe({ method, route }, durationMs / 1000)
  }
}
