import { Counter, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { HttpObserver } from '../http-observation.js'

/** From an answer that needed nothing to an execution at its longest. */
const DURATION_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]

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
  return ({ method, route, statusCode, durationMs }) => {
    requests.inc({ method, route, status: statusCode })
    duration.observe({ method, route }, durationMs / 1000)
  }
}
