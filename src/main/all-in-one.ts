/** The whole service in one process: puts the parts together, and takes them apart again when it stops. */
import { analyzeInBackground } from '../analysis/analyze-in-background.js'
import type { Analyzer } from '../analysis/analyzer.js'
import { buildApp } from '../api/app.js'
import type { Bounds } from '../api/bounds/bounds.js'
import type { App, ReadinessCheck } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import { executionLog } from '../observability/execution-log.js'
import type { Logger } from '../observability/logger.js'
import { createMetrics } from '../observability/metrics/metrics.js'
import { traceQueue } from '../observability/tracing.js'
import type { Tracing } from '../observability/tracing.js'
import type { JobQueue } from '../queue/job-queue.js'
import { createMemoryQueue } from '../queue/memory.js'
import { startWorker } from '../worker/worker.js'
import type { Worker } from '../worker/worker.js'
import { startAnalysis } from './analysis.js'
import { createAuthentication } from './authentication.js'
import { startExecuting, watchWorkers } from './executing.js'
import type { Executing } from './executing.js'
import { holdsNothingLarge } from './memory.js'
import { packageVersion, WEB_ROOT } from './places.js'
import { queueOptions } from './queue-options.js'
import { startRecords } from './records.js'
import type { RunningRecords } from './records.js'
import type { Rights } from './rights.js'
import type { Service } from './service.js'
import { createTracing, traceWork } from './tracing.js'

/** Puts the service together and starts its sandboxes; rejects with SandboxError where this host has none. */
export async function createAllInOne(config: Config, logger: Logger, rights: Rights): Promise<Service> {
  const authentication = await createAuthentication(config)
  const tracing = await createTracing(config)
  const metrics = createMetrics({ version: packageVersion(), role: config.role })
  const executing = await startExecuting(config, logger, metrics, rights)
  const { languages, images, prepareImages, sandboxes, work, beside, checks } = executing
  const memoryQueue = createMemoryQueue(queueOptions(config, metrics, 'jobs'))
  const queue = traceQueue(memoryQueue, tracing)
  // Sessions wait for people most of the time, so they have slots of their own and keep nobody else waiting.
  const sessions = createMemoryQueue(queueOptions(config, metrics, 'sessions'))
  metrics.watchQueues(() => ({ jobs: queue.stats(), sessions: sessions.stats() }))
  const observed = { ...traceWork(work, tracing), observers: [metrics.executions, executionLog(logger)] }
  const analyzer = startAnalysis(logger)
  const records = await startRecords({
    config,
    logger,
    metrics,
    queue,
    analyze: (request, clientKey) => analyzeInBackground(analyzer, request, clientKey),
  })
  const readiness = async (): Promise<readonly ReadinessCheck[]> => [...checks(), await records.check()]
  metrics.watchDependencies(readiness)
  const workers = {
    jobs: startWorker({ ...observed, queue, slots: config.slots, beside: beside.jobs }),
    sessions: startWorker({
      ...observed,
      queue: sessions,
      slots: config.interactive.slots,
      beside: beside.sessions,
    }),
  }
  watchWorkers(metrics, config, workers)
  let bounds: Bounds | undefined
  const app = await buildApp(config, {
    queue,
    sessions,
    languages,
    images,
    logger,
    metrics,
    analyzer,
    records: records.records,
    onHttpRequest: metrics.http,
    onBounds: (found) => {
      bounds = found
      metrics.watchBounds(() => found.figures())
    },
    ...(authentication !== undefined && { authentication }),
    ...(tracing !== undefined && { tracing }),
    clock: Date.now,
    readiness,
    webRoot: WEB_ROOT,
  })
  return {
    http: app,
    languages,
    images,
    isAtRest: () => holdsNothingLarge(bounds, queue.stats()),
    prepareImages,
    // The queue of an earlier process died with it; what it had accepted stands in the store.
    onImagesReady: () => records.recover(),
    stop: (deadlineMs) =>
      stopInOrder(
        {
          app,
          workers: Object.values(workers),
          queues: [queue, sessions],
          analyzer,
          records,
          sandboxes,
          tracing,
        },
        deadlineMs,
      ),
  }
}

interface Parts {
  readonly app: App
  readonly workers: readonly Worker[]
  readonly queues: readonly JobQueue[]
  readonly tracing: Tracing | undefined
  readonly analyzer: Analyzer
  readonly records: RunningRecords
  readonly sandboxes: Executing['sandboxes']
}

async function stopInOrder(parts: Parts, deadlineMs: number): Promise<void> {
  const { app, workers, queues, analyzer, records, sandboxes, tracing } = parts
  app.startDraining()
  await Promise.all(queues.map((queue) => queue.close()))
  await Promise.all(workers.map((worker) => worker.drain(deadlineMs)))
  await analyzer.close()
  // Closing waits for answers that are being sent, so every execution's result reaches its client.
  await app.close()
  await records.stop()
  await sandboxes.close()
  await tracing?.stop()
}
