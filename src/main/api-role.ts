/** HTTP only: gives what clients want to have run to the workers, through Redis. */
import { buildApp } from '../api/app.js'
import type { ReadinessCheck } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import { loadLanguages } from '../languages/registry.js'
import type { Logger } from '../observability/logger.js'
import { createMetrics } from '../observability/metrics/metrics.js'
import { traceQueue } from '../observability/tracing.js'
import type { WorkerRecord } from '../queue/redis.js'
import { createAuthentication } from './authentication.js'
import { imagesCheck } from './executing.js'
import { offeredLanguages } from './offered-languages.js'
import { packageVersion, WEB_ROOT } from './places.js'
import type { Service } from './service.js'
import { together } from './service.js'
import { connectQueues, queueCheck } from './shared-queues.js'
import { createTracing } from './tracing.js'
import { WorkerImages } from './worker-images.js'

export async function createApiRole(config: Config, logger: Logger): Promise<Service> {
  const languages = offeredLanguages(await loadLanguages(), config.languages)
  const authentication = createAuthentication(config)
  const tracing = await createTracing(config)
  const metrics = createMetrics({ version: packageVersion(), role: config.role })
  const queues = connectQueues(config, logger, { onTaken: metrics.queueWait })
  const { jobs, sessions } = queues
  const images = new WorkerImages(() => jobs.workers())
  metrics.watchQueue(() => together(jobs.stats(), sessions.stats()))
  const readiness = (): Promise<readonly ReadinessCheck[]> =>
    Promise.resolve([queueCheck(queues), workersCheck(jobs.workers()), imagesCheck(languages, images)])
  metrics.watchDependencies(readiness)
  const app = await buildApp(config, {
    queue: traceQueue(jobs, tracing),
    sessions,
    languages,
    images,
    logger,
    metrics,
    onHttpRequest: metrics.http,
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
    async stop(deadlineMs) {
      app.startDraining()
      await Promise.all([jobs.close(), sessions.close()])
      await Promise.all([jobs.drainSubmitted(deadlineMs), sessions.drainSubmitted(deadlineMs)])
      // Closing waits for answers that are being sent, so every execution's result reaches its client.
      await app.close()
      await Promise.all([jobs.disconnect(), sessions.disconnect()])
      await tracing?.stop()
    },
  }
}

function workersCheck(workers: readonly WorkerRecord[]): ReadinessCheck {
  const serving = workers.filter(({ slots }) => slots > 0)
  const slots = serving.reduce((sum, worker) => sum + worker.slots, 0)
  return { name: 'workers', ok: serving.length > 0, detail: `${serving.length}, with ${slots} slots` }
}
