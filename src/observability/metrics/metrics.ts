/** All metrics of one process: its families and what feeds them. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { HttpObserver } from '../http-observation.js'
import { boundsMetrics } from './bounds.js'
import type { BoundsFigures } from './bounds.js'
import { compileCacheMetrics } from './compile-cache.js'
import type { CompileCacheSource } from './compile-cache.js'
import { executionMetrics } from './executions.js'
import type { ExecutionMetrics } from './executions.js'
import { httpMetrics } from './http.js'
import { languageMetrics } from './languages.js'
import type { LanguageState } from './languages.js'
import { queueMetrics, queueWaitMetrics, redisMetrics, refusalMetrics } from './queue.js'
import type { QueuesFigures, QueueWaitObserver, RedisMemory, RefusalObserver } from './queue.js'
import { openingMetrics, stuckContainerMetrics, supervisorMetrics } from './sandboxes.js'
import type { OpeningObserver, SupervisorFigures } from './sandboxes.js'
import { dependencyMetrics, machineMetrics, serviceMetrics, slotMetrics } from './service.js'
import type { DependencyState, ServiceFigures, SlotFigures, SlotKind } from './service.js'
import { storeMetrics } from './store.js'
import type { StoreMetrics, StoreSettings } from './store.js'
import { warmMetrics } from './warm.js'
import type { WarmState } from './warm.js'

/** What `GET /metrics` serves. */
export interface MetricsExposition {
  readonly contentType: string
  render(): Promise<string>
}

export interface Metrics extends MetricsExposition {
  readonly http: HttpObserver
  readonly executions: ExecutionMetrics
  readonly queueWait: QueueWaitObserver
  readonly queueRefusal: RefusalObserver
  readonly sandboxOpening: OpeningObserver
  /** From now on the queues' figures are among the metrics; for a process that has queues to tell of. */
  watchQueues(figures: () => QueuesFigures): void
  /** For a process whose queues are in Redis. */
  watchRedis(memory: () => RedisMemory | undefined): void
  /** What the service needs; the caller bounds how long an answer takes. */
  watchDependencies(states: () => Promise<readonly DependencyState[]>): void
  /** For a process that runs programs. */
  watchSlots(figures: () => Readonly<Record<SlotKind, SlotFigures>>): void
  watchSupervisor(figures: () => SupervisorFigures): void
  /** For a process that has programs run in containers. */
  watchStuckContainers(stuck: () => number): void
  /** For a process that has images of languages. */
  watchLanguages(states: () => readonly LanguageState[]): void
  /** For a process that prunes a store. */
  watchStore(settings: StoreSettings): StoreMetrics
  /** For a process that starts things ahead. */
  watchWarm(state: () => WarmState): void
  /** For a process that serves HTTP. */
  watchBounds(figures: () => BoundsFigures): void
  /** For a process that keeps what compilers made. */
  watchCompileCache(figures: () => readonly CompileCacheSource[]): void
}

/** A registry of its own with every family: two processes' worth of metrics can live in one test. */
export function createMetrics(service: ServiceFigures): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  serviceMetrics(registry, service)
  machineMetrics(registry)
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    http: httpMetrics(registry),
    executions: executionMetrics(registry),
    queueWait: queueWaitMetrics(registry),
    queueRefusal: refusalMetrics(registry),
    sandboxOpening: openingMetrics(registry),
    watchQueues: (figures) => queueMetrics(registry, figures),
    watchRedis: (memory) => redisMetrics(registry, memory),
    watchDependencies: (states) => dependencyMetrics(registry, states),
    watchSlots: (figures) => slotMetrics(registry, figures),
    watchSupervisor: (figures) => supervisorMetrics(registry, figures),
    watchStuckContainers: (stuck) => stuckContainerMetrics(registry, stuck),
    watchLanguages: (states) => languageMetrics(registry, states),
    watchStore: (settings) => storeMetrics(registry, settings),
    watchWarm: (state) => warmMetrics(registry, state),
    watchBounds: (figures) => boundsMetrics(registry, figures),
    watchCompileCache: (figures) => compileCacheMetrics(registry, figures),
  }
}
