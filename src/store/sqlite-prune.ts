/** Keeps the embedded database within its time and size. Works in small transactions, so that others get their turn. */
import type { StoreLimits, StoreRoom } from './limits.js'
import { divideRoom } from './limits.js'
import type { Deleted, Retention } from './records.js'
import type { SqliteConnection } from './sqlite-connection.js'
import { BATCH, firstOf, makeRoom, number, remove, removeOldest } from './sqlite-eviction.js'
import type { HeldRecord } from './sqlite-eviction.js'
import { maxPages } from './sqlite-schema.js'

const PAGE_BYTES = 4096

type Kind = HeldRecord['kind']

/** What is past its time, by kind; each has the moment it is looked at from as its one parameter. */
const PAST: Readonly<Record<Kind, string>> = {
  submissions: `job_id AS id, bytes FROM submissions LEFT JOIN holdings ON id = job_id AND kind = 'submissions'
    WHERE finished_ms <= ? AND callback_at_ms IS NULL ORDER BY finished_ms`,
  executions: `job_id AS id, bytes FROM executions LEFT JOIN holdings ON id = job_id AND kind = 'executions'
    WHERE created_ms <= ? ORDER BY created_ms`,
  shares: `shares.id AS id, bytes FROM shares LEFT JOIN holdings ON holdings.id = shares.id AND kind = 'shares'
    WHERE expires_ms <= ? ORDER BY expires_ms`,
}

export async function pruneSqlite(
  database: SqliteConnection,
  { retention, nowMs, limits }: { retention: Retention; nowMs: number; limits: StoreLimits },
  deleted: Deleted,
): Promise<void> {
  const room = divideRoom(limits)
  const removePast = async (kind: Kind, momentMs: number): Promise<void> => {
    const sql = `SELECT ${PAST[kind]} LIMIT ${BATCH}`
    for (;;) {
      const { rows } = await database.run(sql, momentMs)
      const found = rows.map((row) => ({ id: String(row['id']), kind, bytes: Number(row['bytes']) }))
      if (found.length === 0) return
      await remove(database, deleted, firstOf(found, Infinity, room.transactionBytes))
    }
  }
  await removePast('submissions', nowMs - retention.submissionMs)
  await removePast('executions', nowMs - retention.executionMs)
  await removePast('shares', nowMs)
  await removeSurplus(database, 'submissions', { limits, room }, deleted)
  await removeSurplus(database, 'executions', { limits, room }, deleted)
  await makeRoom(database, room, 0, deleted)
  await giveSpaceBack(database, room)
}

/** Shares are as many as were accepted: they go when they expire. */
async function removeSurplus(
  database: SqliteConnection,
  kind: 'submissions' | 'executions',
  { limits, room }: { limits: StoreLimits; room: StoreRoom },
  deleted: Deleted,
): Promise<void> {
  for (;;) {
    const surplus = ((await number(database, `SELECT count(*) FROM ${kind}`)) ?? 0) - limits.maxRecords
    if (surplus <= 0) return
    const { rows } = await database.run(
      'SELECT owner, count(*) AS records FROM holdings WHERE kind = ? GROUP BY owner ORDER BY records DESC LIMIT 2',
      kind,
    )
    const lead = Number(rows[0]?.['records'] ?? 0) - Number(rows[1]?.['records'] ?? 0)
    const removed = await removeOldest(database, deleted, {
      owner: String(rows[0]?.['owner']),
      kinds: [kind],
      bytes: Infinity,
      transactionBytes: room.transactionBytes,
      most: Math.min(surplus, Math.max(1, lead)),
    })
    if (removed === 0) return
  }
}

async function giveSpaceBack(database: SqliteConnection, room: StoreRoom): Promise<void> {
  const pages = Math.max(1, Math.min(2000, Math.floor(room.transactionBytes / PAGE_BYTES)))
  for (let free = await freePages(database); free > 0;) {
    await database.alone(`PRAGMA incremental_vacuum(${pages})`)
    const left = await freePages(database)
    if (left >= free) break
    free = left
  }
  // What was deleted is still in the log until it is taken over and cut.
  await database.alone('PRAGMA wal_checkpoint(TRUNCATE)')
  await database.alone(maxPages(room.databaseBytes))
}

async function freePages(database: SqliteConnection): Promise<number> {
  return (await number(database, 'PRAGMA freelist_count')) ?? 0
}
