/** All metrics of one process: its families and what feeds them. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { HttpObserver } from '../http-observation.js'
import { executionMetrics } from './executions.js'
import type { ExecutionMetrics } from './executions.js'
import { httpMetrics } from './http.js'
import { queueMetrics } from './queue.js'
import type { QueueFigures } from './queue.js'

/** What `GET /metrics` serves. */
export interface MetricsExposition {
  readonly contentType: string
  render(): Promise<string>
}

export interface Metrics extends MetricsExposition {
  readonly http: HttpObserver
  readonly executions: ExecutionMetrics
}

export interface MetricsSources {
  /** Absent in a process that has no queue of its own to tell of. */
  readonly queue?: () => QueueFigures
}

/** A registry of its own with every family: two processes' worth of metrics can live in one test. */
export function createMetrics(sources: MetricsSources = {}): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  if (sources.queue !== undefined) queueMetrics(registry, sources.queue)
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    http: httpMetrics(registry),
    executions: executionMetrics(registry),
  }
}
