/** Keeps the MongoDB store within its time and size. One process at a time, or counts would be taken off twice. */
import type { AnyBulkWriteOperation, Collection } from 'mongodb'
import type { HistogramRow } from './histogram.js'
import type { Collections, CountDocument, ExecutionDocument } from './mongodb-documents.js'
import { insertedOnce } from './mongodb-insert.js'
import { removeSubmissions } from './mongodb-submissions.js'
import type { PruneReport, Retention } from './records.js'

const BATCH = 200
/** A pruner that died is replaced after this; each batch renews the lease. */
const LEASE_MS = 60_000
const LEASE = 'prune'

type Kind = keyof PruneReport
/** Where the age of a kind's records is, so that what has not ended is not even looked at. */
const AGE = {
  submissions: { collection: 'endings', field: 'finishedAtMs' },
  executions: { collection: 'executions', field: 'createdAtMs' },
  shares: { collection: 'shares', field: 'createdAtMs' },
} as const
const KINDS = ['submissions', 'executions', 'shares'] as const satisfies readonly Kind[]
const NOTHING: PruneReport = { submissions: 0, executions: 0, shares: 0 }

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
  retention: Retention,
  nowMs: number,
): Promise<PruneReport> {
  if (!(await takeLease(all, Date.now()))) return NOTHING
  const deleted = { ...NOTHING }
  const remove = async (kind: Kind, filter: object, most = BATCH): Promise<number> => {
    const found = await oldest(all, kind, filter, most)
    const ids = found.map(({ _id }) => _id)
    if (ids.length === 0) return 0
    if (kind === 'submissions') await removeSubmissions(all, ids)
    else await all[kind as 'executions'].deleteMany({ _id: { $in: ids } })
    await all.bodies.remove(ids)
    if (kind === 'executions') await addToCounts(all.counts, found.flatMap(takenOff))
    await all.leases.updateOne({ _id: LEASE }, { $set: { untilMs: Date.now() + LEASE_MS } })
    deleted[kind] += ids.length
    return ids.length
  }
  const removeAll = async (kind: Kind, filter: object, most = Infinity): Promise<void> => {
    for (let left = most; left > 0;) {
      const removed = await remove(kind, filter, Math.min(BATCH, left))
      if (removed === 0) return
      left -= removed
    }
  }
  try {
    await removeAll('submissions', { finishedAtMs: { $lte: nowMs - retention.submissionMs } })
    await removeAll('executions', { createdAtMs: { $lte: nowMs - retention.executionMs } })
    await removeAll('shares', { expiresAtMs: { $lte: nowMs } })
    for (const kind of KINDS) {
      await removeAll(kind, {}, (await all[kind as 'executions'].countDocuments()) - retention.maxRecords)
    }
    for (let used = await usage(all); used.bytes > retention.maxBytes; used = await usage(all)) {
      const next = await oldestKind(all)
      if (next === undefined) break
      const excess = Math.ceil(((used.bytes - retention.maxBytes) / used.bytes) * used.records)
      if ((await remove(next, {}, Math.min(BATCH, excess))) === 0) break
    }
    await all.counts.deleteMany({ count: { $lte: 0 } })
    await healCounts(all)
  } finally {
    await all.leases.deleteOne({ _id: LEASE })
  }
  return deleted
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

/** The collection that says how old a kind's records are. All of them have `bytes`. */
function ageing(all: Collections, kind: Kind): Collection<ExecutionDocument> {
  // They differ in nothing that is used here but the name of one field.
  return all[AGE[kind].collection] as unknown as Collection<ExecutionDocument>
}

function oldest(all: Collections, kind: Kind, filter: object, most: number): Promise<ExecutionDocument[]> {
  return ageing(all, kind)
    .find(filter)
    .sort({ [AGE[kind].field]: 1 })
    .limit(most)
    .toArray()
}

async function takeLease({ leases }: Collections, nowMs: number): Promise<boolean> {
  await leases.deleteMany({ _id: LEASE, untilMs: { $lte: nowMs } })
  return insertedOnce(leases, { _id: LEASE, untilMs: nowMs + LEASE_MS })
}

async function usage(all: Collections): Promise<{ readonly bytes: number; readonly records: number }> {
  const sum = { bytes: 0, records: 0 }
  for (const collection of [all.submissions, all.endings, all.executions, all.shares]) {
    const [of] = await (collection as Collection<ExecutionDocument>)
      .aggregate<{ bytes: number }>([{ $group: { _id: null, bytes: { $sum: '$bytes' } } }])
      .toArray()
    sum.bytes += of?.bytes ?? 0
    sum.records += await collection.countDocuments()
  }
  return sum
}

async function oldestKind(all: Collections): Promise<Kind | undefined> {
  let found: { readonly kind: Kind; readonly ageMs: number } | undefined
  for (const kind of KINDS) {
    const [first] = await oldest(all, kind, {}, 1)
    const ageMs: unknown = first && Reflect.get(first, AGE[kind].field)
    if (typeof ageMs === 'number' && (found === undefined || ageMs < found.ageMs)) found = { kind, ageMs }
  }
  return found?.kind
}
