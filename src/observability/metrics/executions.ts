import { Counter, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { ExecutionEvent } from '../../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'
import { DURATION_BUCKETS_SECONDS } from './buckets.js'

const MEMORY_BUCKETS_BYTES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048].map((mib) => mib * 2 ** 20)

/** Told every event of every execution. */
export type ExecutionMetrics = (execution: Pick<ExecutionRequest, 'language'>, event: ExecutionEvent) => void

/** Executions by language and verdict, stages by their time and memory. */
export function executionMetrics(registry: Registry): ExecutionMetrics {
  const executions = new Counter({
    name: 'codeexec_executions_total',
    help: 'Executions that ended, by the stage that decided and the verdict.',
    labelNames: ['language', 'stage', 'verdict'] as const,
    registers: [registry],
  })
  const wallTime = new Histogram({
    name: 'codeexec_stage_wall_time_seconds',
    help: 'Wall-clock time of a stage.',
    labelNames: ['language', 'stage'] as const,
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  })
  const cpuTime = new Histogram({
    name: 'codeexec_stage_cpu_time_seconds',
    help: 'CPU time of a stage, all its processes together.',
    labelNames: ['language', 'stage'] as const,
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  })
  const memory = new Histogram({
    name: 'codeexec_stage_memory_bytes',
    help: 'Peak memory of a stage, all its processes together.',
    labelNames: ['language', 'stage'] as const,
    buckets: MEMORY_BUCKETS_BYTES,
    registers: [registry],
  })
  const stops = new Counter({
    name: 'codeexec_stage_stops_total',
    help: 'Stages that were stopped from outside, by the limit or request that stopped them.',
    labelNames: ['language', 'stage', 'reason'] as const,
    registers: [registry],
  })

  return ({ language }, event) => {
    if (event.type === 'stage-finished') {
      const { stage, result } = event
      // Nothing was run: its figures would only say that nothing takes no time.
      if (result.cached) return
      if (result.stopReason !== null) stops.inc({ language, stage, reason: result.stopReason })
      wallTime.observe({ language, stage }, result.usage.wallTimeMs / 1000)
      cpuTime.observe({ language, stage }, result.usage.cpuTimeMs / 1000)
      memory.observe({ language, stage }, result.usage.memoryBytes)
    }
    if (event.type === 'finished') {
      executions.inc({ language, stage: decidingStage(event.result), verdict: event.result.status })
    }
  }
}

function decidingStage({ run, compile }: ExecutionResult): string {
  if (run !== null) return 'run'
  return compile === null ? 'none' : 'compile'
}
