/** Keeps the embedded database within its time and size. Works in small transactions, so that others get their turn. */
import type { PruneReport, Retention } from './records.js'
import type { SqliteConnection } from './sqlite-connection.js'

/** Records deleted in one transaction: some milliseconds of work. */
const BATCH = 200
/** Pages given back to the file system at once. */
const VACUUM_PAGES = 2000

interface Kind {
  readonly table: keyof PruneReport
  readonly id: string
  /** Its age counts from here; null for what must not be deleted yet. */
  readonly age: string
}

const KINDS: readonly Kind[] = [
  { table: 'submissions', id: 'job_id', age: 'finished_ms' },
  { table: 'executions', id: 'job_id', age: 'created_ms' },
  { table: 'shares', id: 'id', age: 'created_ms' },
]

export async function pruneSqlite(
  database: SqliteConnection,
  retention: Retention,
  nowMs: number,
): Promise<PruneReport> {
  const deleted = { submissions: 0, executions: 0, shares: 0 }
  const remove = async ({ table, id, age }: Kind, where: string, most: number): Promise<number> => {
    const { changes } = await database.run(
      `DELETE FROM ${table} WHERE ${id} IN
        (SELECT ${id} FROM ${table} WHERE ${age} IS NOT NULL AND ${where} ORDER BY ${age} LIMIT ${most})`,
    )
    deleted[table] += changes
    return changes
  }
  const removeAll = async (kind: Kind, where: string, most = Infinity): Promise<void> => {
    let left = most
    while (left > 0) {
      const batch = Math.min(BATCH, left)
      if ((await remove(kind, where, batch)) < batch) return
      left -= batch
    }
  }

  const [submissions, executions, shares] = KINDS as [Kind, Kind, Kind]
  await removeAll(submissions, `finished_ms <= ${nowMs - retention.submissionMs}`)
  await removeAll(executions, `created_ms <= ${nowMs - retention.executionMs}`)
  await removeAll(shares, `expires_ms <= ${nowMs}`)
  for (const kind of KINDS) {
    const excess = (await count(database, kind.table)) - retention.maxRecords
    await removeAll(kind, 'TRUE', excess)
  }
  for (let used = await usedBytes(database); used > retention.maxBytes; used = await usedBytes(database)) {
    const oldest = await oldestKind(database)
    if (oldest === undefined) break
    // As many as are too much if all were alike, so that no more goes than must.
    const counts = await Promise.all(KINDS.map(({ table }) => count(database, table)))
    const records = counts.reduce((sum, kind) => sum + kind, 0)
    const excess = Math.ceil(((used - retention.maxBytes) / used) * records)
    if ((await remove(oldest, 'TRUE', Math.min(BATCH, excess))) === 0) break
  }
  await giveSpaceBack(database)
  return deleted
}

async function number(database: SqliteConnection, sql: string): Promise<number | undefined> {
  const [row] = (await database.run(sql)).rows
  const value = row && Object.values(row)[0]
  return typeof value === 'number' ? value : undefined
}

async function count(database: SqliteConnection, table: string): Promise<number> {
  return (await number(database, `SELECT count(*) FROM ${table}`)) ?? 0
}

/** Without the pages that are free already. */
async function usedBytes(database: SqliteConnection): Promise<number> {
  const [pages, free, size] = await Promise.all(
    ['page_count', 'freelist_count', 'page_size'].map((pragma) => number(database, `PRAGMA ${pragma}`)),
  )
  return ((pages ?? 0) - (free ?? 0)) * (size ?? 0)
}

async function oldestKind(database: SqliteConnection): Promise<Kind | undefined> {
  let oldest: { readonly kind: Kind; readonly ageMs: number } | undefined
  for (const kind of KINDS) {
    const ageMs = await number(
      database,
      `SELECT min(${kind.age}) FROM ${kind.table} WHERE ${kind.age} IS NOT NULL`,
    )
    if (ageMs !== undefined && (oldest === undefined || ageMs < oldest.ageMs)) oldest = { kind, ageMs }
  }
  return oldest?.kind
}

async function giveSpaceBack(database: SqliteConnection): Promise<void> {
  for (let free = await freePages(database); free > 0;) {
    await database.alone(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)
    const left = await freePages(database)
    if (left >= free) break
    free = left
  }
  // What was deleted is still in the log until it is taken over and cut.
  await database.alone('PRAGMA wal_checkpoint(TRUNCATE)')
}

async function freePages(database: SqliteConnection): Promise<number> {
  return (await number(database, 'PRAGMA freelist_count')) ?? 0
}
