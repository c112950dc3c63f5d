import type { Collections } from './mongodb-documents.js'
import { insertedOnce } from './mongodb-insert.js'
import type { DueCallback } from './records.js'

export interface Claim {
  readonly nowMs: number
  readonly retryAtMs: number
  readonly limit: number
}

export function callbackLease(jobId: string): string {
  return `callback/${jobId}`
}

/** Due callbacks, each for one claimant: the one who inserted its lease. */
export async function claimCallbacks(
  { callbacks, endings, leases }: Collections,
  { nowMs, retryAtMs, limit }: Claim,
): Promise<readonly DueCallback[]> {
  const due = await callbacks
    .find({ atMs: { $ne: null, $lte: nowMs } })
    .sort({ atMs: 1 })
    .limit(limit)
    .toArray()
  const claimed: DueCallback[] = []
  for (const { _id, url, attempts, atMs } of due) {
    const lease = callbackLease(_id)
    await leases.deleteMany({ _id: lease, untilMs: { $lte: nowMs } })
    if (!(await insertedOnce(leases, { _id: lease, untilMs: retryAtMs }))) continue
    // Its callback is written just before the submission's end.
    const hasEnded = (await endings.findOne({ _id }, { projection: { _id: 1 } })) !== null
    // Between looking and claiming, another may have claimed, delivered and settled it.
    const current = await callbacks.findOne({ _id })
    if (!hasEnded || current?.atMs !== atMs || current?.attempts !== attempts) {
      await leases.deleteOne({ _id: lease })
      continue
    }
    await callbacks.updateOne({ _id }, { $set: { attempts: attempts + 1, atMs: retryAtMs } })
    claimed.push({ jobId: _id, url, attempts: attempts + 1 })
  }
  return claimed
}
