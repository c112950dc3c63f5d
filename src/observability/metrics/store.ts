import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** What the store may take and how often it is pruned. */
export interface StoreSettings {
  readonly maxBytes: number
  readonly pruneIntervalMs: number
}

export interface StorePruned {
  readonly deleted: Readonly<Record<'submissions' | 'executions' | 'shares', number>>
  readonly bytes: number
}

/** A process that prunes a store: told how each time went. */
export interface StoreMetrics {
  pruned(report: StorePruned): void
  failed(): void
}

export function storeMetrics(registry: Registry, { maxBytes, pruneIntervalMs }: StoreSettings): StoreMetrics {
  const registers = [registry]
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers })
  const deletions = new Counter({
    name: 'codeexec_store_deleted_records_total',
    help: 'Records deleted because their time had passed or to make room, by kind.',
    labelNames: ['kind'] as const,
    registers,
  })
  const failures = new Counter({
    name: 'codeexec_store_prune_failures_total',
    help: 'Times the store could not be pruned; the log says why.',
    registers,
  })
  const lastPrune = gauge(
    'codeexec_store_last_prune_timestamp_seconds',
    'When the store was last pruned, in Unix time; the start of the process before that.',
  )
  const bytes = gauge('codeexec_store_bytes', 'What all records took when the store was last pruned.')
  gauge('codeexec_store_max_bytes', 'What all records may take.').set(maxBytes)
  gauge('codeexec_store_prune_interval_seconds', 'How often the store is pruned.').set(pruneIntervalMs / 1000)
  lastPrune.setToCurrentTime()
  for (const kind of ['submissions', 'executions', 'shares'] as const) deletions.inc({ kind }, 0)
  return {
    pruned(report) {
      lastPrune.setToCurrentTime()
      bytes.set(report.bytes)
      for (const kind of ['submissions', 'executions', 'shares'] as const) {
        deletions.inc({ kind }, report.deleted[kind])
      }
    },
    failed: () => failures.inc(),
  }
}
