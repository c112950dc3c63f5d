import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import { DURATION_BUCKETS_SECONDS } from './buckets.js'

/** What the queue tells about itself when it is asked. */
export interface QueueFigures {
  readonly queued: number
  readonly waitingClients: number
  readonly running: number
  readonly capacity: number
  readonly bytes: number
  readonly maxBytes: number
}

/** Sessions wait in a queue of their own. */
export type QueueName = 'jobs' | 'sessions'
export type QueuesFigures = Readonly<Record<QueueName, QueueFigures>>

const QUEUES = ['jobs', 'sessions'] as const

/** Depth of each queue, read when metrics are. */
export function queueMetrics(registry: Registry, figures: () => QueuesFigures): void {
  const gauges = [
    ['queued', 'codeexec_queue_depth', 'Executions that wait for a slot.'],
    ['waitingClients', 'codeexec_queue_waiting_clients', 'Clients whose executions wait for a slot.'],
    ['capacity', 'codeexec_queue_capacity', 'Executions that may wait; more are refused.'],
    ['bytes', 'codeexec_queue_bytes', 'Bytes of the requests that wait or run.'],
    ['maxBytes', 'codeexec_queue_bytes_max', 'Bytes of the requests that may wait or run; more are refused.'],
  ] as const
  for (const [figure, name, help] of gauges) {
    const gauge: Gauge<'queue'> = new Gauge({
      name,
      help,
      labelNames: ['queue'],
      registers: [registry],
      collect() {
        const now = figures()
        for (const queue of QUEUES) gauge.set({ queue }, now[queue][figure])
      },
    })
  }
  const running: Gauge = new Gauge({
    name: 'codeexec_executions_running',
    help: 'Executions that run.',
    registers: [registry],
    collect() {
      const { jobs, sessions } = figures()
      running.set(jobs.running + sessions.running)
    },
  })
}

/** Told of every job that a queue refused, and why. */
export type RefusalObserver = (queue: QueueName, reason: string) => void

export function refusalMetrics(registry: Registry): RefusalObserver {
  const refusals = new Counter({
    name: 'codeexec_queue_refusals_total',
    help: 'Executions refused with QUEUE_FULL, by what was full: places, bytes, one client’s part of them, Redis’ memory.',
    labelNames: ['queue', 'reason'] as const,
    registers: [registry],
  })
  return (queue, reason) => refusals.inc({ queue, reason })
}

export interface RedisMemory {
  readonly usedBytes: number
  /** 0 where there is no bound. */
  readonly maxBytes: number
}

export function redisMetrics(registry: Registry, memory: () => RedisMemory | undefined): void {
  const used: Gauge = new Gauge({
    name: 'codeexec_redis_memory_bytes',
    help: 'Memory that Redis uses, by its own count.',
    registers: [registry],
    collect() {
      const now = memory()
      if (now !== undefined) used.set(now.usedBytes)
    },
  })
  const most: Gauge = new Gauge({
    name: 'codeexec_redis_memory_max_bytes',
    help: 'Its maxmemory; 0 where it has none.',
    registers: [registry],
    collect() {
      const now = memory()
      if (now !== undefined) most.set(now.maxBytes)
    },
  })
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
