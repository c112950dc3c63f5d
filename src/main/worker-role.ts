/** Execution only: takes jobs from Redis, runs them, tells how it stands. */
import type { Config } from '../config/variables.js'
import { executionLog } from '../observability/execution-log.js'
import type { Logger } from '../observability/logger.js'
import { createMetrics } from '../observability/metrics/metrics.js'
import { startWorker } from '../worker/worker.js'
import type { Worker } from '../worker/worker.js'
import type { Executing } from './executing.js'
import { startExecuting, watchWorkers } from './executing.js'
import { packageVersion } from './places.js'
import type { Rights } from './rights.js'
import type { Service } from './service.js'
import type { SharedQueues } from './shared-queues.js'
import { connectQueues, queueCheck } from './shared-queues.js'
import { createTracing, traceWork } from './tracing.js'
import { languagesBehind } from './worker-images.js'
import { createWorkerStatus } from './worker-status.js'

/** How often a worker that is not ready for jobs looks whether it is. */
const LOOK_MS = 500

export async function createWorkerRole(config: Config, logger: Logger, rights: Rights): Promise<Service> {
  const tracing = await createTracing(config)
  const metrics = createMetrics({ version: packageVersion(), role: config.role })
  const executing = await startExecuting(config, logger, metrics, rights)
  const { languages, images, prepareImages, sandboxes, work, beside } = executing
  const queues = await connectQueues(config, logger, metrics, {
    describe: () => describeLanguages(executing),
  }).catch(async (error: unknown) => {
    await sandboxes.close()
    throw error
  })

  let draining = false
  const workers: { jobs?: Worker; sessions?: Worker } = {}
  watchWorkers(metrics, config, workers)
  const start = setInterval(() => {
    if (!mayTakeJobs(queues, executing)) return
    clearInterval(start)
    const all = { ...traceWork(work, tracing), observers: [metrics.executions, executionLog(logger)] }
    workers.jobs = startWorker({ ...all, queue: queues.jobs, slots: config.slots, beside: beside.jobs })
    workers.sessions = startWorker({
      ...all,
      queue: queues.sessions,
      slots: config.interactive.slots,
      beside: beside.sessions,
    })
    logger.info('takes jobs')
  }, LOOK_MS)

  const takingCheck = (): { name: string; ok: boolean; detail: string } => {
    const ok = workers.jobs !== undefined
    return { name: 'jobs', ok, detail: ok ? 'taken' : 'waits until it can run what the other workers can' }
  }
  const checks = async () => [...executing.checks(), await queueCheck(queues), takingCheck()]
  metrics.watchDependencies(checks)
  const http = createWorkerStatus({
    metrics,
    checks,
    isDraining: () => draining,
  })
  return {
    http,
    languages,
    images,
    prepareImages,
    async stop(deadlineMs) {
      draining = true
      clearInterval(start)
      await Promise.all(Object.values(workers).map((worker) => worker.drain(deadlineMs)))
      await Promise.all([queues.jobs.disconnect(), queues.sessions.disconnect()])
      await sandboxes.close()
      await tracing?.stop()
      http.server.closeAllConnections()
      await new Promise((resolve) => http.server.close(resolve))
    },
  }
}

function describeLanguages({ languages, images }: Executing) {
  const states = languages.all.map(({ id }) => ({ id, state: images.state(id), image: images.get(id) }))
  return {
    languages: states.flatMap(({ id, image }) =>
      image === undefined ? [] : [{ id, version: image.version, hash: image.hash }],
    ),
    installing: states.filter(({ state }) => state === 'installing').map(({ id }) => id),
    failed: states.filter(({ state }) => state === 'failed').map(({ id }) => id),
  }
}

/** Jobs may be in any language that the other workers have; the first worker begins with the first language. */
function mayTakeJobs({ jobs, sessions }: SharedQueues, { languages, images }: Executing): boolean {
  const canRun = (id: string): boolean => images.get(id) !== undefined
  const isConnected = jobs.isUp && sessions.isUp && jobs.workers().length > 0
  return (
    isConnected &&
    languages.all.some(({ id }) => canRun(id)) &&
    languagesBehind(jobs.workers(), canRun).length === 0
  )
}
