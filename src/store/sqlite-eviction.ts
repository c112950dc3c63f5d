/**
 * Whose records go when there is no room: the oldest of whoever holds most, until the next one holds as much. Shares
 * are promised until they expire, so they go only where all of them together take more than their part.
 */
import type { StoreRoom } from './limits.js'
import type { Deleted } from './records.js'
import type { SqliteConnection } from './sqlite-connection.js'
import type { HoldingKind } from './sqlite-holdings.js'
import type { Statement } from './sqlite-thread.js'

/** Records looked at and deleted in one transaction: some milliseconds of work. */
export const BATCH = 200
/** More than was asked for is deleted, so that not every write has to make room. */
const AHEAD_PART = 1 / 64

type EndedKind = Exclude<HoldingKind, 'unfinished'>
const ID = { submissions: 'job_id', executions: 'job_id', shares: 'id' } as const

export interface Victim {
  readonly owner: string
  readonly kinds: readonly EndedKind[]
  readonly bytes: number
}

/**
 * Deletes until so many bytes more fit beside the reserve; false where too little is left that may be deleted. Others
 * write and delete meanwhile, so true promises nothing: the write itself shows whether it fits.
 */
export async function makeRoom(
  database: SqliteConnection,
  room: StoreRoom,
  bytes: number,
  deleted: Deleted,
): Promise<boolean> {
  const { databaseBytes, reserveBytes, transactionBytes } = room
  const most = databaseBytes - reserveBytes - bytes
  if ((await usedBytes(database)) <= most) return true
  const ahead = bytes === 0 ? 0 : Math.floor(databaseBytes * AHEAD_PART)
  for (let used = await usedBytes(database); used > most - ahead; used = await usedBytes(database)) {
    const victim = await nextVictim(database, room)
    if (victim === undefined) return used <= most
    const excess = Math.min(used - most + ahead, victim.bytes)
    // Nothing where someone else has just deleted it.
    if ((await removeOldest(database, deleted, { ...victim, bytes: excess, transactionBytes })) === 0) break
  }
  return true
}

async function nextVictim(
  database: SqliteConnection,
  { shareBytes }: StoreRoom,
): Promise<Victim | undefined> {
  const shares = await sumOfShares(database)
  const ofShares = await largest(database, 'shares', ['shares'])
  if (ofShares !== undefined && shares > shareBytes) {
    return { ...ofShares, bytes: Math.min(ofShares.bytes, shares - shareBytes) }
  }
  return largest(database, 'ended', ['submissions', 'executions'])
}

/** `bytes` is how much more it holds than the next, at least one byte. */
async function largest(
  database: SqliteConnection,
  column: 'ended' | 'shares',
  kinds: readonly EndedKind[],
): Promise<Victim | undefined> {
  const { rows } = await database.run(
    `SELECT owner, ${column} AS bytes FROM holders WHERE ${column} > 0 ORDER BY ${column} DESC LIMIT 2`,
  )
  const [first, second] = rows
  if (first === undefined) return undefined
  const lead = Number(first['bytes']) - Number(second?.['bytes'] ?? 0)
  return { owner: String(first['owner']), kinds, bytes: Math.max(1, lead) }
}

export interface Removal extends Victim {
  readonly transactionBytes: number
  readonly keepNewest?: boolean
  /** Records. */
  readonly most?: number
}

/** Deletes an owner's oldest records, as many bytes as asked for or as one transaction may take; gives the bytes. */
export async function removeOldest(
  database: SqliteConnection,
  deleted: Deleted,
  { owner, kinds, bytes, transactionBytes, keepNewest = false, most = BATCH }: Removal,
): Promise<number> {
  const { rows } = await database.run(
    `SELECT id, kind, bytes FROM holdings WHERE owner = ? AND kind IN (${kinds.map(() => '?').join(', ')})
     ORDER BY since_ms LIMIT ${BATCH + 1}`,
    owner,
    ...kinds,
  )
  const found = rows.map((row) => ({
    id: String(row['id']),
    kind: String(row['kind']) as EndedKind,
    bytes: Number(row['bytes']),
  }))
  // Where there are more than were read, none of these is the newest.
  const mayGo = found.slice(0, keepNewest ? Math.min(BATCH, found.length - 1) : Math.min(BATCH, most))
  return remove(database, deleted, firstOf(mayGo, bytes, transactionBytes))
}

export interface HeldRecord {
  readonly id: string
  readonly kind: EndedKind
  readonly bytes: number
}

/** Rows and indexes that change with a record, whatever its size. */
const PAGES_BYTES = 16_384

/** The first of them that come to so many bytes, as far as one transaction goes: deleting writes what was there. */
export function firstOf(
  records: readonly HeldRecord[],
  bytes: number,
  transactionBytes: number,
): readonly HeldRecord[] {
  const chosen: HeldRecord[] = []
  let [sum, written] = [0, 0]
  for (const record of records) {
    written += record.bytes + PAGES_BYTES
    if (sum >= bytes || (chosen.length > 0 && written > transactionBytes)) break
    sum += record.bytes
    chosen.push(record)
  }
  return chosen
}

export async function remove(
  database: SqliteConnection,
  deleted: Deleted,
  records: readonly HeldRecord[],
): Promise<number> {
  const statements = (['submissions', 'executions', 'shares'] as const).map((kind): Statement => {
    const ids = records.filter((record) => record.kind === kind).map(({ id }) => id)
    return {
      sql: `DELETE FROM ${kind} WHERE ${ID[kind]} IN (SELECT value FROM json_each(?))`,
      params: [JSON.stringify(ids)],
    }
  })
  const [submissions, executions, shares] = await database.transaction(statements)
  deleted.submissions += submissions?.changes ?? 0
  deleted.executions += executions?.changes ?? 0
  deleted.shares += shares?.changes ?? 0
  return records.reduce((sum, { bytes }) => sum + bytes, 0)
}

export async function sumOfShares(database: SqliteConnection): Promise<number> {
  return (await number(database, 'SELECT sum(shares) FROM holders WHERE shares > 0')) ?? 0
}

export async function number(database: SqliteConnection, sql: string): Promise<number | undefined> {
  const [row] = (await database.run(sql)).rows
  const value = row && Object.values(row)[0]
  return typeof value === 'number' ? value : undefined
}

/** Without the pages that are free already. */
export async function usedBytes(database: SqliteConnection): Promise<number> {
  const [pages, free, size] = await Promise.all(
    ['page_count', 'freelist_count', 'page_size'].map((pragma) => number(database, `PRAGMA ${pragma}`)),
  )
  return ((pages ?? 0) - (free ?? 0)) * (size ?? 0)
}
