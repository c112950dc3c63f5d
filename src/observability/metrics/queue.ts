import { Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import { DURATION_BUCKETS_SECONDS } from './buckets.js'

/** What the queue tells about itself when it is asked. */
export interface QueueFigures {
  readonly queued: number
  readonly waitingClients: number
  readonly running: number
  readonly capacity: number
}

/** Depth of the queue, read when metrics are. */
export function queueMetrics(registry: Registry, figures: () => QueueFigures): void {
  const gauges = [
    ['queued', 'codeexec_queue_depth', 'Executions that wait for a slot.'],
    ['waitingClients', 'codeexec_queue_waiting_clients', 'Clients whose executions wait for a slot.'],
    ['running', 'codeexec_executions_running', 'Executions that run.'],
    ['capacity', 'codeexec_queue_capacity', 'Executions that may wait; more are refused.'],
  ] as const
  for (const [figure, name, help] of gauges) {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => gauge.set(figures()[figure]),
    })
  }
}

/** Told of every job how long it waited for a slot. */
export type QueueWaitObserver = (waitedMs: number) => void

export function queueWaitMetrics(registry: Registry): QueueWaitObserver {
  const wait = new Histogram({
    name: 'codeexec_queue_wait_seconds',
    help: 'Time from the submission of a job until a worker took it.',
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  })
  return (waitedMs) => wait.observe(waitedMs / 1000)
}
