/** Keeps the MongoDB store within its time and size. One process at a time, or counts would be taken off twice. */
import { setTimeout } from 'node:timers/promises'
import type { AnyBulkWriteOperation, Collection } from 'mongodb'
import type { HistogramRow } from './histogram.js'
import type { StoreLimits } from './limits.js'
import { divideRoom } from './limits.js'
import { executionBody } from './mongodb-bodies.js'
import type { Collections, CountDocument, ExecutionDocument } from './mongodb-documents.js'
import { ageing, BATCH, evict } from './mongodb-eviction.js'
import type { Kind, Remove } from './mongodb-eviction.js'
import { insertedOnce } from './mongodb-insert.js'
import { removeSubmissions } from './mongodb-submissions.js'
import type { Deleted, Retention } from './records.js'

/** A pruner that died is replaced after this; each batch renews the lease. */
const LEASE_MS = 60_000
const LEASE = 'prune'
/** A process that needs room waits so long for another one that is at it. */
const LEASE_WAIT_MS = 250
const MAX_LEASE_WAITS = 40
/** More than was asked for is deleted, so that not every write has to make room. */
const AHEAD_PART = 1 / 64

/** What the records take, as far as it is known. */
export interface Usage {
  bytes: number
  shareBytes: number
  shares: number
}

/** Adds to the counts, or takes off with negative ones. */
export async function addToCounts(
  counts: Collection<CountDocument>,
  rows: readonly HistogramRow[],
): Promise<void> {
  const sums = new Map<string, HistogramRow>()
  for (const row of rows) {
    const id = `${row.language}/${row.measure}/${row.bucket}`
    sums.set(id, { ...row, count: row.count + (sums.get(id)?.count ?? 0) })
  }
  const changes = Array.from(
    sums,
    ([_id, { language, measure, bucket, count }]): AnyBulkWriteOperation<CountDocument> => ({
      updateOne: {
        filter: { _id },
        update: { $inc: { count }, $set: { language, measure, bucket } },
        upsert: true,
      },
    }),
  )
  if (changes.length > 0) await counts.bulkWrite(changes, { ordered: false })
}

export async function pruneMongodb(
  all: Collections,
  { retention, nowMs, limits }: { retention: Retention; nowMs: number; limits: StoreLimits },
  deleted: Deleted,
): Promise<Usage> {
  if (!(await takeLease(all, Date.now()))) return usageOf(all)
  const remove = removing(all, deleted, true)
  try {
    await removePast(all, remove, 'submissions', nowMs - retention.submissionMs)
    await removePast(all, remove, 'executions', nowMs - retention.executionMs)
    await removePast(all, remove, 'shares', nowMs)
    // Shares are as many as were accepted: they go when they expire.
    for (const kind of ['submissions', 'executions'] as const) {
      const surplus = (await all[kind as 'executions'].countDocuments()) - limits.maxRecords
      if (surplus > 0) await evict(all, remove, { kinds: [kind], excess: surplus, measure: 'records' })
    }
    const usage = await evictSurplusBytes(all, remove, limits, 0)
    await all.counts.deleteMany({ count: { $lte: 0 } })
    await healCounts(all)
    return usage
  } finally {
    await all.leases.deleteOne({ _id: LEASE })
  }
}

/** Deletes until so many bytes more fit; gives what is left, which may still be too much. */
export async function makeMongodbRoom(
  all: Collections,
  limits: StoreLimits,
  bytes: number,
  deleted: Deleted,
): Promise<Usage> {
  for (let waits = 0; !(await takeLease(all, Date.now())); waits++) {
    // Whoever has it makes room as well.
    const usage = await usageOf(all)
    if (usage.bytes + bytes <= limits.maxBytes || waits === MAX_LEASE_WAITS) return usage
    await setTimeout(LEASE_WAIT_MS)
  }
  try {
    return await evictSurplusBytes(all, removing(all, deleted, true), limits, bytes)
  } finally {
    await all.leases.deleteOne({ _id: LEASE })
  }
}

async function evictSurplusBytes(
  all: Collections,
  remove: Remove,
  limits: StoreLimits,
  bytes: number,
): Promise<Usage> {
  const { maxBytes } = limits
  const usage = await usageOf(all)
  if (usage.bytes + bytes <= maxBytes) return usage
  const ahead = bytes === 0 ? 0 : Math.floor(maxBytes * AHEAD_PART)
  const excess = usage.bytes + bytes + ahead - maxBytes
  const surplusOfShares = Math.min(excess, usage.shareBytes - divideRoom(limits).shareBytes)
  if (surplusOfShares > 0) {
    await evict(all, remove, { kinds: ['shares'], excess: surplusOfShares, measure: 'bytes' })
  }
  const left = excess - Math.max(0, surplusOfShares)
  if (left > 0) {
    await evict(all, remove, { kinds: ['submissions', 'executions'], excess: left, measure: 'bytes' })
  }
  return usageOf(all)
}

/** Deletes records with all that belongs to them, and counts them. */
export function removing(all: Collections, deleted: Deleted, hasLease = false): Remove {
  return async (kind, ids) => {
    if (kind === 'submissions') await removeSubmissions(all, ids)
    else if (kind === 'executions') await removeExecutions(all, ids)
    else await removeShares(all, ids)
    if (hasLease) await all.leases.updateOne({ _id: LEASE }, { $set: { untilMs: Date.now() + LEASE_MS } })
    deleted[kind] += ids.length
  }
}

/** A process that died between a record and its counts left them apart; they are then made anew. */
async function healCounts({ executions, counts }: Collections): Promise<void> {
  const rows = await counts.find({ measure: 'status' }).toArray()
  const counted = rows.reduce((sum, { count }) => sum + count, 0)
  if (counted === (await executions.estimatedDocumentCount())) return
  const fresh: HistogramRow[] = []
  for await (const document of executions.find()) {
    fresh.push(...takenOff(document).map((row) => ({ ...row, count: 1 })))
  }
  await counts.deleteMany({})
  await addToCounts(counts, fresh)
}

function takenOff({ language, status, timeBucket, memoryBucket }: ExecutionDocument): HistogramRow[] {
  return [
    { language, measure: 'status', bucket: status, count: -1 },
    { language, measure: 'time', bucket: String(timeBucket), count: -1 },
    { language, measure: 'memory', bucket: String(memoryBucket), count: -1 },
  ]
}

async function takeLease({ leases }: Collections, nowMs: number): Promise<boolean> {
  await leases.deleteMany({ _id: LEASE, untilMs: { $lte: nowMs } })
  return insertedOnce(leases, { _id: LEASE, untilMs: nowMs + LEASE_MS })
}

export async function usageOf(all: Collections): Promise<Usage> {
  const [submissions = 0, endings = 0, executions = 0, shareBytes = 0] = await Promise.all(
    [all.submissions, all.endings, all.executions, all.shares].map(async (collection) => {
      const [sum] = await (collection as Collection<ExecutionDocument>)
        .aggregate<{ bytes: number }>([{ $group: { _id: null, bytes: { $sum: '$bytes' } } }])
        .toArray()
      return sum?.bytes ?? 0
    }),
  )
  const bytes = submissions + endings + executions + shareBytes
  return { bytes, shareBytes, shares: await all.shares.countDocuments() }
}

/** Where each kind says from when on its time has passed. */
const PAST = { submissions: 'finishedAtMs', executions: 'createdAtMs', shares: 'expiresAtMs' } as const

async function removePast(all: Collections, remove: Remove, kind: Kind, momentMs: number): Promise<void> {
  const past = ageing(all, kind)
    .find({ [PAST[kind]]: { $lte: momentMs } })
    .sort({ [PAST[kind]]: 1 })
    .project<{ _id: string }>({ _id: 1 })
    .batchSize(BATCH)
  let ids: string[] = []
  const removeFound = async (): Promise<void> => {
    const mayGo = kind === 'submissions' ? await withoutDueCallback(all, ids) : ids
    if (mayGo.length > 0) await remove(kind, mayGo)
    ids = []
  }
  for await (const { _id } of past) {
    ids.push(_id)
    if (ids.length === BATCH) await removeFound()
  }
  await removeFound()
}

async function withoutDueCallback({ callbacks }: Collections, ids: readonly string[]): Promise<string[]> {
  const due = await callbacks.find({ _id: { $in: [...ids] }, atMs: { $ne: null } }).toArray()
  const dueIds = new Set(due.map(({ _id }) => _id))
  return ids.filter((id) => !dueIds.has(id))
}

async function removeShares({ shares, bodies }: Collections, ids: readonly string[]): Promise<void> {
  await shares.deleteMany({ _id: { $in: [...ids] } })
  await bodies.remove(ids)
}

async function removeExecutions(all: Collections, ids: readonly string[]): Promise<void> {
  const which = { _id: { $in: [...ids] } }
  const found = await all.executions.find(which).toArray()
  await all.executions.deleteMany(which)
  await all.bodies.remove(ids.map(executionBody))
  await addToCounts(all.counts, found.flatMap(takenOff))
}
