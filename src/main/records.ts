/** What keeps things beyond a request: store, submissions, callbacks, retention. */
import path from 'node:path'
import type { ReadinessCheck, Records } from '../api/dependencies.js'
import { toSubmissionAnswer } from '../api/submission-answer.js'
import type { Config } from '../config/variables.js'
import { ServiceError } from '../contract/errors.js'
import type { Logger } from '../observability/logger.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import type { ExecutionStore } from '../store/execution-store.js'
import type { StoreLimits } from '../store/limits.js'
import { startRetention } from '../store/retention.js'
import { claimDatabase } from '../store/sqlite-claim.js'
import type { DatabaseClaim } from '../store/sqlite-claim.js'
import { createSqliteStore } from '../store/sqlite.js'
import { createMemoryEventStream } from '../submissions/memory-event-stream.js'
import type { EventStream } from '../submissions/event-stream.js'
import type { Submissions, SubmissionsOptions } from '../submissions/submissions.js'
import { createSubmissions } from '../submissions/submissions.js'
import { createWebhooks } from '../webhooks/webhooks.js'
import { StartError } from './start-error.js'

export interface RecordsOptions extends Pick<SubmissionsOptions, 'queue' | 'analyze'> {
  readonly config: Config
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'watchStore'>
  /** A store made elsewhere; else the one that the configuration names. */
  readonly store?: ExecutionStore
  /** What followers read where several processes share a queue; this process then also takes over what others left. */
  readonly sharedEvents?: EventStream
}

/** How often a process looks for submissions that nobody follows any more. */
const ADOPT_INTERVAL_MS = 5000

export interface RunningRecords {
  readonly records: Records
  /**
   * Takes up what an earlier process accepted and did not end; for a process whose queue died with it. Never rejects.
   * Where another process uses the same embedded database, what is unfinished there may be its own, and is left alone.
   */
  recover(): Promise<void>
  /** For the readiness check. */
  check(): Promise<ReadinessCheck>
  /** After the queue has been drained: records what it said last, and closes the store. */
  stop(): Promise<void>
}

export async function createStore(config: Config): Promise<ExecutionStore> {
  const limits = limitsOf(config)
  if (config.mongodbUrl === undefined)
    return createSqliteStore({ file: path.join(databaseFolder(config), 'codeexec.db'), limits })
  const { createMongodbStore } = await import('../store/mongodb.js')
  try {
    return createMongodbStore({ url: config.mongodbUrl, limits })
  } catch (error) {
    throw new StartError(`MONGODB_URL cannot be used: ${(error as Error).message}`, { cause: error })
  }
}

/** One client, or a few together, must leave room for others. */
function limitsOf({ store }: Config): StoreLimits {
  const { maxRecords, maxBytes } = store
  return {
    maxRecords,
    maxBytes,
    clientBytes: store.clientBytes ?? Math.floor(maxBytes / 4),
    clientShareBytes: store.clientShareBytes ?? Math.floor(maxBytes / 32),
  }
}

export function databaseFolder({ dataDirectory, store }: Config): string {
  return store.folder ?? path.join(dataDirectory, 'database')
}

export async function startRecords(options: RecordsOptions): Promise<RunningRecords> {
  const { config, logger, queue, analyze, store = await createStore(config) } = options
  const events = options.sharedEvents ?? createMemoryEventStream()
  const onFault = ({ jobId, error }: { readonly jobId?: string; readonly error: unknown }): void =>
    logger.error({ err: error, ...(jobId !== undefined && { jobId }) }, 'a record could not be kept')
  const webhooks = createWebhooks({
    store,
    render: (id, record) => toSubmissionAnswer({ id, record, position: undefined }),
    clock: Date.now,
    ...config.webhooks,
    onFault,
  })
  const submissions = createSubmissions({
    queue,
    store,
    events,
    clock: Date.now,
    ...(analyze !== undefined && { analyze }),
    onFault,
    onCallbackDue: () => webhooks.nudge(),
  })
  const { submissionRetentionMs, executionRetentionMs, maxBytes, pruneIntervalMs } = config.store
  const pruning = options.metrics.watchStore({ maxBytes, pruneIntervalMs })
  const retention = startRetention({
    store,
    retention: { submissionMs: submissionRetentionMs, executionMs: executionRetentionMs },
    intervalMs: pruneIntervalMs,
    clock: Date.now,
    onPruned: (report) => {
      pruning.pruned(report)
      logger.debug(report, 'pruned the store')
    },
    onFault: (error) => {
      pruning.failed()
      logger.error({ err: error }, 'the store could not be pruned')
    },
  })
  webhooks.start()
  let claim: DatabaseClaim | undefined
  const stopAdopting = options.sharedEvents && adoptNowAndThen(submissions, onFault)
  return {
    records: { store, submissions, events, callbackProblem: (url) => webhooks.callbackProblem(url) },
    async recover() {
      claim = config.mongodbUrl === undefined ? claimDatabase(databaseFolder(config)) : undefined
      if (config.mongodbUrl === undefined && claim === undefined) {
        logger.warn('another service uses this database; unfinished submissions are left to it')
        return
      }
      await submissions
        .recover()
        .catch((error: unknown) => logger.error({ err: error }, 'unfinished submissions could not be read'))
    },
    check: () => checkStore(store),
    async stop() {
      await stopAdopting?.()
      await submissions.settled()
      await events.close()
      await Promise.all([webhooks.stop(), retention.stop()])
      await store.close()
      claim?.release()
    },
  }
}

/** Gives a function that ends it. */
function adoptNowAndThen(
  submissions: Submissions,
  onFault: (fault: { readonly error: unknown }) => void,
): () => Promise<void> {
  let adopting: Promise<void> | undefined
  const timer = setInterval(() => {
    adopting ??= submissions
      .adopt()
      .catch((error: unknown) => {
        // What is away is told by readiness, and looked at again soon.
        if (!(error instanceof ServiceError)) onFault({ error })
      })
      .finally(() => {
        adopting = undefined
      })
  }, ADOPT_INTERVAL_MS)
  return async () => {
    clearInterval(timer)
    await adopting
  }
}

async function checkStore(store: ExecutionStore): Promise<ReadinessCheck> {
  try {
    await store.check()
    return { name: 'store', ok: true, detail: 'records can be kept' }
  } catch {
    return { name: 'store', ok: false, detail: 'the database cannot be reached' }
  }
}
