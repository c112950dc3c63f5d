/** HTTP only: gives what clients want to have run to the workers, through Redis. */
import { analyzeInBackground } from '../analysis/analyze-in-background.js'
import { buildApp } from '../api/app.js'
import type { Bounds } from '../api/bounds/bounds.js'
import type { ReadinessCheck } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import { loadLanguages } from '../languages/registry.js'
import type { Logger } from '../observability/logger.js'
import { createMetrics } from '../observability/metrics/metrics.js'
import { traceQueue } from '../observability/tracing.js'
import type { WorkerRecord } from '../queue/redis.js'
import { createRedisEventStream } from '../submissions/redis-event-stream.js'
import { startAnalysis } from './analysis.js'
import { createAuthentication } from './authentication.js'
import { imagesCheck } from './executing.js'
import { holdsNothingLarge } from './memory.js'
import { offeredLanguages } from './offered-languages.js'
import { packageVersion, WEB_ROOT } from './places.js'
import { startRecords } from './records.js'
import type { RecordsOptions, RunningRecords } from './records.js'
import type { Rights } from './rights.js'
import type { Service } from './service.js'
import type { SharedQueues } from './shared-queues.js'
import { connectQueues, queueCheck, redisUrlOf } from './shared-queues.js'
import { createTracing } from './tracing.js'
import { WorkerImages } from './worker-images.js'

export async function createApiRole(config: Config, logger: Logger, rights: Rights): Promise<Service> {
  const languages = offeredLanguages(await loadLanguages(), config.languages)
  const authentication = await createAuthentication(config)
  rights.giveUp()
  const tracing = await createTracing(config)
  const metrics = createMetrics({ version: packageVersion(), role: config.role })
  const queues = await connectQueues(config, logger, metrics)
  const { jobs, sessions } = queues
  const images = new WorkerImages(() => jobs.workers())
  const analyzer = startAnalysis(logger)
  const records = await startSharedRecords(config, { logger, metrics }, queues, (request, clientKey) =>
    analyzeInBackground(analyzer, request, clientKey),
  )
  const readiness = async (): Promise<readonly ReadinessCheck[]> => [
    await queueCheck(queues),
    workersCheck(jobs.workers()),
    imagesCheck(languages, images),
    ...(records === undefined ? [] : [await records.check()]),
  ]
  metrics.watchDependencies(readiness)
  let bounds: Bounds | undefined
  const app = await buildApp(config, {
    queue: traceQueue(jobs, tracing),
    sessions,
    languages,
    images,
    logger,
    metrics,
    analyzer,
    ...(records !== undefined && { records: records.records }),
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
    isAtRest: () => holdsNothingLarge(bounds, jobs.stats()),
    async stop(deadlineMs) {
      app.startDraining()
      await Promise.all([jobs.close(), sessions.close()])
      await Promise.all([jobs.drainSubmitted(deadlineMs), sessions.drainSubmitted(deadlineMs)])
      await analyzer.close()
      // Closing waits for answers that are being sent, so every execution's result reaches its client.
      await app.close()
      await records?.stop()
      await Promise.all([jobs.disconnect(), sessions.disconnect()])
      await tracing?.stop()
    },
  }
}

/** An embedded database belongs to one process; without a shared one an api has nothing that outlives a request. */
async function startSharedRecords(
  config: Config,
  { logger, metrics }: Pick<RecordsOptions, 'logger' | 'metrics'>,
  { jobs }: SharedQueues,
  analyze: Parameters<typeof startRecords>[0]['analyze'],
): Promise<RunningRecords | undefined> {
  if (config.mongodbUrl === undefined) return undefined
  const sharedEvents = createRedisEventStream({ url: redisUrlOf(config) })
  return startRecords({
    config,
    logger,
    metrics,
    queue: jobs,
    sharedEvents,
    ...(analyze !== undefined && { analyze }),
  })
}

function workersCheck(workers: readonly WorkerRecord[]): ReadinessCheck {
  const serving = workers.filter(({ slots }) => slots > 0)
  const slots = serving.reduce((sum, worker) => sum + worker.slots, 0)
  return { name: 'workers', ok: serving.length > 0, detail: `${serving.length}, with ${slots} slots` }
}
