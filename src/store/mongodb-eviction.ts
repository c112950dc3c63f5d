/** Whose records go when MongoDB has no room: as in the embedded store, the oldest of whoever holds most. */
import type { Collection, Filter } from 'mongodb'
import type { Collections, Owned } from './mongodb-documents.js'
import type { Deleted } from './records.js'

export const BATCH = 200

export type Kind = keyof Deleted
/** Where the age of a kind's records is, so that what has not ended is not even looked at. */
export const AGE = {
  submissions: { collection: 'endings', field: 'finishedAtMs' },
  executions: { collection: 'executions', field: 'createdAtMs' },
  shares: { collection: 'shares', field: 'createdAtMs' },
} as const

export interface AgeingDocument extends Owned {
  readonly _id: string
  readonly finishedAtMs?: number
  readonly createdAtMs?: number
}

export interface HeldRecord {
  readonly id: string
  readonly kind: Kind
  readonly bytes: number
}

/** Deletes records of one kind with all that belongs to them. */
export type Remove = (kind: Kind, ids: readonly string[]) => Promise<void>

/** The collection that says how old a kind's records are; they differ in nothing else that is used here. */
export function ageing(all: Collections, kind: Kind): Collection<AgeingDocument> {
  return all[AGE[kind].collection] as unknown as Collection<AgeingDocument>
}

/** What is summed up; FerretDB counts nothing where it also sums, so records are counted by themselves. */
const SUMS = {
  bytes: { bytes: { $sum: '$bytes' }, requestBytes: { $sum: '$requestBytes' } },
  records: { records: { $sum: 1 } },
}
export type Measure = keyof typeof SUMS

/** What each owner holds of some kinds; null owns what was written before there were owners. */
export async function heldByOwner(
  all: Collections,
  measure: Measure,
  kinds: readonly Kind[],
  filter: object = {},
): Promise<Map<string | null, number>> {
  const held = new Map<string | null, number>()
  for (const kind of kinds) {
    const groups = ageing(all, kind).aggregate<{ _id: string | null } & Record<string, number>>([
      { $match: filter },
      { $group: { _id: '$owner', ...SUMS[measure] } },
    ])
    for await (const { _id: owner, ...sums } of groups) {
      const sum = Object.values(sums).reduce((total, part) => total + part, 0)
      held.set(owner, (held.get(owner) ?? 0) + sum)
    }
  }
  return held
}

/** An owner's oldest records of some kinds, oldest first. */
async function oldestOf(
  all: Collections,
  kinds: readonly Kind[],
  owner: string | null,
): Promise<readonly HeldRecord[]> {
  const found: (HeldRecord & { readonly sinceMs: number })[] = []
  for (const kind of kinds) {
    const documents = await ageing(all, kind)
      .find({ owner } as Filter<AgeingDocument>)
      .sort({ [AGE[kind].field]: 1 })
      .limit(BATCH + 1)
      .toArray()
    for (const { _id, bytes, requestBytes = 0, finishedAtMs, createdAtMs } of documents) {
      found.push({ id: _id, kind, bytes: bytes + requestBytes, sinceMs: finishedAtMs ?? createdAtMs ?? 0 })
    }
  }
  return found.toSorted((left, right) => left.sinceMs - right.sinceMs)
}

export interface Removal {
  readonly owner: string | null
  readonly kinds: readonly Kind[]
  readonly bytes: number
  readonly keepNewest?: boolean
  /** Records. */
  readonly most?: number
}

/** Deletes an owner's oldest records, as many bytes as asked for or as one batch has. */
export async function removeOldest(
  all: Collections,
  remove: Remove,
  { owner, kinds, bytes, keepNewest = false, most = BATCH }: Removal,
): Promise<{ readonly bytes: number; readonly records: number }> {
  const found = await oldestOf(all, kinds, owner)
  const mayGo = found.slice(0, Math.min(BATCH, most, keepNewest ? found.length - 1 : found.length))
  const chosen: HeldRecord[] = []
  let sum = 0
  for (const record of mayGo) {
    if (sum >= bytes) break
    sum += record.bytes
    chosen.push(record)
  }
  for (const kind of kinds) {
    const ids = chosen.filter((record) => record.kind === kind).map(({ id }) => id)
    if (ids.length > 0) await remove(kind, ids)
  }
  return { bytes: sum, records: chosen.length }
}

/** Deletes so much, in bytes or records, in turn from whoever has most of some kinds. */
export async function evict(
  all: Collections,
  remove: Remove,
  { kinds, excess, measure }: { kinds: readonly Kind[]; excess: number; measure: Measure },
): Promise<void> {
  const held = await heldByOwner(all, measure, kinds)
  for (let left = excess; left > 0;) {
    const [first, second] = [...held].toSorted(([, one], [, other]) => other - one)
    if (first === undefined) return
    const [owner, amount] = first
    const goal = Math.min(left, Math.max(1, amount - (second?.[1] ?? 0)))
    const removed = await removeOldest(all, remove, {
      owner,
      kinds,
      ...(measure === 'bytes' ? { bytes: goal } : { bytes: Infinity, most: goal }),
    })
    if (removed.records === 0) held.delete(owner)
    else held.set(owner, amount - removed[measure])
    left -= removed[measure]
  }
}
