/**
 * The store that several processes share: MongoDB, or what speaks its protocol. Needs no transactions and no replica
 * set, and counts on nothing to be atomic but the insertion of a document: whatever must happen once hangs on one, and
 * what belongs to it is written before it.
 */
import { MongoClient } from 'mongodb'
import { ServiceError } from '../contract/errors.js'
import { decode, encode } from './encoding.js'
import type { ExecutionStore } from './execution-store.js'
import type { HistogramRow } from './histogram.js'
import { memoryBucket, rowsOf, summarize, timeBucket } from './histogram.js'
import type { StoreLimits } from './limits.js'
import { RECORD_OVERHEAD_BYTES } from './limits.js'
import { executionBody } from './mongodb-bodies.js'
import { callbackLease, claimCallbacks } from './mongodb-callbacks.js'
import type { Collections } from './mongodb-documents.js'
import { collectionsOf, createIndexes } from './mongodb-documents.js'
import { insertedOnce } from './mongodb-insert.js'
import { addToCounts, pruneMongodb } from './mongodb-prune.js'
import { MongodbRoom } from './mongodb-room.js'
import type { Deleted } from './records.js'
import {
  addAnalysis,
  endSubmission,
  listUnfinished,
  readSubmission,
  readSubmissionHead,
  removeSubmissions,
  toDocument,
} from './mongodb-submissions.js'
import { storeUnavailable } from './unavailable.js'

/** Requests that need the store are refused after this when no server answers. */
const SERVER_SELECTION_MS = 3000
/** A server that takes longer than this for one answer counts as away. */
const SOCKET_IDLE_MS = 30_000

export interface MongodbStoreOptions {
  readonly url: string
  readonly limits: StoreLimits
  /** Used where the URL names no database. */
  readonly database?: string
}

/** Throws an error of the driver where it cannot read the address. */
export function createMongodbStore({
  url,
  limits,
  database = 'codeexec',
}: MongodbStoreOptions): ExecutionStore {
  const deleted: Deleted = { submissions: 0, executions: 0, shares: 0 }
  const room = new MongodbRoom(limits, deleted)
  // The driver reads the address, and says here what is wrong with it; it connects when it is first used.
  const { options } = clientOf(url)
  const name = namesDatabase(url) ? options.dbName : database
  let connection: Connection | undefined
  let closed = false

  /** Everything goes through here: indexes exist before the first use, and the driver's errors stay inside. */
  const use = async <T>(work: (collections: Collections) => Promise<T>): Promise<T> => {
    if (closed) throw storeUnavailable(new Error('the store is closed'))
    const current = (connection ??= connect(url, name))
    try {
      await current.prepared
    } catch (error) {
      // A client whose first connection failed stays closed; the next use makes another.
      if (connection === current) connection = undefined
      await current.client.close()
      throw storeUnavailable(error)
    }
    try {
      return await work(current.collections)
    } catch (error) {
      throw error instanceof ServiceError ? error : storeUnavailable(error)
    }
  }

  return {
    addSubmissions: (submissions, owner) =>
      use(async (all) => {
        const bodies = await Promise.all(submissions.map(({ request }) => encode(request)))
        const bytes = bodies.reduce((sum, body) => sum + body.length + RECORD_OVERHEAD_BYTES, 0)
        await room.requireUnfinished(all, owner, bytes)
        await room.require(all, bytes)
        const added = await Promise.all(
          submissions.map(async (submission, index) => {
            const body = bodies[index] ?? new Uint8Array()
            const pieces = await all.bodies.write(submission.jobId, 'request', body)
            return toDocument(submission, owner, pieces, body.length + RECORD_OVERHEAD_BYTES)
          }),
        )
        if (added.length > 0) await all.submissions.insertMany(added)
        await room.added(all, owner, bytes)
      }),

    getSubmission: (jobId) => use((all) => readSubmission(jobId, all)),

    getSubmissionHead: (jobId) => use((all) => readSubmissionHead(jobId, all)),

    getRequest: (jobId) =>
      use(async ({ submissions, bodies }) => {
        const document = await submissions.findOne({ _id: jobId }, { projection: { requestPieces: 1 } })
        const body = document && (await bodies.read(jobId, 'request', document.requestPieces))
        return body ? decode(body) : undefined
      }),

    markRunning: (jobId, startedAtMs) =>
      use(async ({ submissions, endings }) => {
        if ((await endings.findOne({ _id: jobId })) !== null) return false
        const change = { $set: { status: 'running' as const, startedAtMs }, $inc: { attempts: 1 } }
        return (await submissions.updateOne({ _id: jobId }, change)).matchedCount > 0
      }),

    markQueued: (jobId) =>
      use(async ({ submissions, endings }) => {
        if ((await endings.findOne({ _id: jobId })) !== null) return false
        const change = { $set: { status: 'queued' as const, startedAtMs: null } }
        return (await submissions.updateOne({ _id: jobId }, change)).matchedCount > 0
      }),

    finishSubmission: (jobId, ending) => use((all) => endSubmission(jobId, ending, all, room)),

    addAnalysis: (jobId, analysis) => use((all) => addAnalysis(jobId, analysis, all, room)),

    removeSubmission: (jobId) =>
      use(async (all) => {
        await removeSubmissions(all, [jobId])
      }),

    unfinishedSubmissions: (limit, after) => use((all) => listUnfinished(limit, after, all)),

    claimCallbacks: (nowMs, retryAtMs, limit) =>
      use((all) => claimCallbacks(all, { nowMs, retryAtMs, limit })),

    settleCallback: (jobId, outcome, atMs) =>
      use(async ({ callbacks, leases }) => {
        await callbacks.updateOne({ _id: jobId }, { $set: { outcome, atMs } })
        await leases.deleteOne({ _id: callbackLease(jobId) })
      }),

    saveExecution: (execution, holder) =>
      use(async (all) => {
        const { submissions, executions, counts, bodies } = all
        const { jobId, createdAtMs, language, status, wallTimeMs, memoryBytes } = execution
        if ((await executions.findOne({ _id: jobId }, { projection: { _id: 1 } })) !== null) return
        const body = await encode(execution)
        const bytes = body.length + RECORD_OVERHEAD_BYTES
        await room.require(all, bytes)
        const owner =
          'owner' in holder ? holder.owner : (await submissions.findOne({ _id: holder.submission }))?.owner
        const isNew = await insertedOnce(executions, {
          _id: jobId,
          createdAtMs,
          language,
          status,
          timeBucket: timeBucket(wallTimeMs),
          memoryBucket: memoryBucket(memoryBytes),
          pieces: await bodies.write(executionBody(jobId), 'execution', body),
          ...(owner !== undefined && { owner }),
          bytes,
        })
        if (isNew) await addToCounts(counts, rowsOf(execution))
        if (isNew) await room.added(all, owner, bytes)
      }),

    getExecution: (jobId) =>
      use(async ({ executions, bodies }) => {
        const document = await executions.findOne({ _id: jobId })
        const body = document && (await bodies.read(executionBody(jobId), 'execution', document.pieces))
        return body ? decode(body) : undefined
      }),

    summarizeExecutions: () =>
      use(async ({ counts }) => {
        const documents = await counts.find().toArray()
        return summarize(documents satisfies readonly HistogramRow[])
      }),

    addShare: (share, owner) =>
      use(async (all) => {
        const { id, createdAtMs, expiresAtMs } = share
        const body = await encode(share)
        const bytes = body.length + RECORD_OVERHEAD_BYTES
        await room.requireShare(all, owner, bytes)
        await room.require(all, bytes)
        const pieces = await all.bodies.write(id, 'share', body)
        await all.shares.insertOne({ _id: id, createdAtMs, expiresAtMs, pieces, owner, bytes })
      }),

    getShare: (id, nowMs) =>
      use(async ({ shares, bodies }) => {
        const document = await shares.findOne({ _id: id, expiresAtMs: { $gt: nowMs } })
        const body = document && (await bodies.read(id, 'share', document.pieces))
        return body ? decode(body) : undefined
      }),

    settingOr: (settingName, value) =>
      use(async ({ settings }) => {
        await insertedOnce(settings, { _id: settingName, value })
        return (await settings.findOne({ _id: settingName }))?.value ?? value
      }),

    prune: (retention, nowMs) =>
      use(async (all) => {
        const usage = await pruneMongodb(all, { retention, nowMs, limits }, deleted)
        room.measured(usage)
        const report = { deleted: { ...deleted }, bytes: usage.bytes }
        Object.assign(deleted, { submissions: 0, executions: 0, shares: 0 })
        return report
      }),

    check: () =>
      use(async ({ settings }) => {
        await settings.findOne({ _id: 'none' })
      }),

    async close() {
      closed = true
      await connection?.client.close()
    },
  }
}

interface Connection {
  readonly client: MongoClient
  readonly collections: Collections
  readonly prepared: Promise<void>
}

const clientOf = (url: string): MongoClient =>
  new MongoClient(url, {
    serverSelectionTimeoutMS: SERVER_SELECTION_MS,
    connectTimeoutMS: SERVER_SELECTION_MS,
    socketTimeoutMS: SOCKET_IDLE_MS,
    maxPoolSize: 20,
    ignoreUndefined: true,
  })

/** Behind the hosts, of which there may be several. */
const namesDatabase = (url: string): boolean => /^mongodb(?:\+srv)?:\/\/[^/?]+\/[^?]/.test(url)

function connect(url: string, database: string): Connection {
  const client = clientOf(url)
  const collections = collectionsOf(client.db(database))
  return { client, collections, prepared: createIndexes(collections) }
}
