/** The whole service in one process: puts the parts together, and takes them apart again when it stops. */
import { buildApp } from '../api/app.js'
import type { App } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import type { Logger } from '../observability/logger.js'
import { createMetrics } from '../observability/metrics/metrics.js'
import type { JobQueue } from '../queue/job-queue.js'
import { createMemoryQueue } from '../queue/memory.js'
import type { NamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import { startWorker } from '../worker/worker.js'
import type { Worker } from '../worker/worker.js'
import { startExecuting } from './executing.js'
import { WEB_ROOT } from './places.js'
import type { Service } from './service.js'
import { together } from './service.js'

/** Puts the service together and starts its sandboxes; rejects with SandboxError where this host has none. */
export async function createAllInOne(config: Config, logger: Logger): Promise<Service> {
  const { languages, images, plan, driver, work, checks } = await startExecuting(config, logger)
  const queue = createMemoryQueue({ capacity: config.queue.capacity })
  // Sessions wait for people most of the time, so they have slots of their own and keep nobody else waiting.
  const sessions = createMemoryQueue({ capacity: config.queue.capacity })
  const metrics = createMetrics({ queue: () => together(queue.stats(), sessions.stats()) })
  const observed = { ...work, observers: [metrics.executions] }
  const workers = [
    startWorker({ ...observed, queue, slots: config.slots }),
    startWorker({ ...observed, queue: sessions, slots: config.interactive.slots }),
  ]
  const app = await buildApp(config, {
    queue,
    sessions,
    languages,
    images,
    logger,
    metrics,
    onHttpRequest: metrics.http,
    clock: Date.now,
    readiness: () => Promise.resolve(checks()),
    webRoot: WEB_ROOT,
  })
  return {
    http: app,
    languages,
    images,
    building: { plan, store: images },
    stop: (deadlineMs) => stopInOrder({ app, workers, queues: [queue, sessions], driver }, deadlineMs),
  }
}

interface Parts {
  readonly app: App
  readonly workers: readonly Worker[]
  readonly queues: readonly JobQueue[]
  readonly driver: NamespacesDriver
}

async function stopInOrder({ app, workers, queues, driver }: Parts, deadlineMs: number): Promise<void> {
  app.startDraining()
  await Promise.all(queues.map((queue) => queue.close()))
  await Promise.all(workers.map((worker) => worker.drain(deadlineMs)))
  // Closing waits for answers that are being sent, so every execution's result reaches its client.
  await app.close()
  await driver.close()
}
