import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** What is kept ready of one kind for one language, and how often it was there when it was asked for. */
export interface WarmSource {
  readonly language: string
  readonly kind: string
  /** Undefined where it is not counted one by one. */
  readonly ready?: number
  readonly hits: number
  readonly misses: number
}

export interface WarmState {
  readonly figures: readonly WarmSource[]
  /** Share of the budget that is taken. */
  readonly memoryBytes: number
}

/** Pools of what is started ahead, read when metrics are. */
export function warmMetrics(registry: Registry, state: () => WarmState): void {
  const ready: Gauge<'language' | 'kind'> = new Gauge({
    name: 'codeexec_warm_ready',
    help: 'Compilers and runtimes that were started ahead and wait.',
    labelNames: ['language', 'kind'] as const,
    registers: [registry],
    collect: () => {
      for (const { language, kind, ready: count } of state().figures) {
        if (count !== undefined) ready.set({ language, kind }, count)
      }
    },
  })
  const starts: Counter<'language' | 'kind' | 'result'> = new Counter({
    name: 'codeexec_warm_requests_total',
    help: 'Stages that could have had one that was ready, by whether there was one.',
    labelNames: ['language', 'kind', 'result'] as const,
    registers: [registry],
    collect: () => {
      starts.reset()
      for (const { language, kind, hits, misses } of state().figures) {
        starts.inc({ language, kind, result: 'hit' }, hits)
        starts.inc({ language, kind, result: 'miss' }, misses)
      }
    },
  })
  const memory: Gauge = new Gauge({
    name: 'codeexec_warm_memory_bytes',
    help: 'Memory set aside for what is started ahead.',
    registers: [registry],
    collect: () => memory.set(state().memoryBytes),
  })
}
