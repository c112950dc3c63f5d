import { Counter, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { ExecutionEvent } from '../../contract/events.js'
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'

const DURATION_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60,
]
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

  return ({ language }, event) => {
    if (event.type === 'stage-finished') {
      const { stage, result } = event
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
