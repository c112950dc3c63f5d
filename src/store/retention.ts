import type { ExecutionStore } from './execution-store.js'
import type { PruneReport, Retention } from './records.js'

export interface RetentionOptions {
  readonly store: Pick<ExecutionStore, 'prune'>
  readonly retention: Retention
  readonly intervalMs: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly onPruned: (report: PruneReport) => void
  readonly onFault: (error: unknown) => void
}

export interface RetentionJob {
  /** Begins no more; resolves when none is under way. */
  stop(): Promise<void>
}

/** Timers know no longer waits. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Prunes the store now and then, never twice at once. A database that is away is tried again next time. */
export function startRetention(options: RetentionOptions): RetentionJob {
  const { store, retention, clock, onPruned, onFault } = options
  const intervalMs = Math.min(options.intervalMs, MAX_TIMER_MS)
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isStopped = false

  const prune = async (): Promise<void> => {
    try {
      const report = await store.prune(retention, clock())
      onPruned(report)
    } catch (error) {
      onFault(error)
    }
    if (!isStopped) timer = setTimeout(start, intervalMs)
  }
  function start(): void {
    running = prune()
  }
  start()

  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
