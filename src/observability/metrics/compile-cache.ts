import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** What happened to compile stages of one language, and what is kept of them. */
export interface CompileCacheSource {
  readonly language: string
  readonly hits: number
  readonly misses: number
  readonly stores: number
  readonly evictions: number
  readonly unfit: number
  readonly entries: number
  readonly bytes: number
}

/** The compile cache, read when metrics are. */
export function compileCacheMetrics(registry: Registry, figures: () => readonly CompileCacheSource[]): void {
  const registers = [registry]
  const requests: Counter<'language' | 'result'> = new Counter({
    name: 'codeexec_compile_cache_requests_total',
    help: 'Compile stages that could have been answered from the compile cache, by whether they were.',
    labelNames: ['language', 'result'] as const,
    registers,
    collect: () => {
      requests.reset()
      for (const { language, hits, misses } of figures()) {
        requests.inc({ language, result: 'hit' }, hits)
        requests.inc({ language, result: 'miss' }, misses)
      }
    },
  })
  const changes: Counter<'language' | 'change'> = new Counter({
    name: 'codeexec_compile_cache_changes_total',
    help: 'Programs that were stored in the compile cache, evicted from it, or unfit to be stored.',
    labelNames: ['language', 'change'] as const,
    registers,
    collect: () => {
      changes.reset()
      for (const { language, stores, evictions, unfit } of figures()) {
        changes.inc({ language, change: 'stored' }, stores)
        changes.inc({ language, change: 'evicted' }, evictions)
        changes.inc({ language, change: 'unfit' }, unfit)
      }
    },
  })
  const entries: Gauge<'language'> = new Gauge({
    name: 'codeexec_compile_cache_entries',
    help: 'Programs in the compile cache.',
    labelNames: ['language'] as const,
    registers,
    collect: () => figures().forEach(({ language, entries: count }) => entries.set({ language }, count)),
  })
  const bytes: Gauge<'language'> = new Gauge({
    name: 'codeexec_compile_cache_bytes',
    help: 'Memory that the compile cache takes.',
    labelNames: ['language'] as const,
    registers,
    collect: () => figures().forEach(({ language, bytes: size }) => bytes.set({ language }, size)),
  })
}
