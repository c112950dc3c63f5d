import type { StoreRoom } from './limits.js'
import { HOLDINGS } from './sqlite-holdings.js'

/**
 * The tables of the embedded database. Bodies are `encode`d bytes. Those of submissions are in a table of their own;
 * only rows from before that table have something in `request`, `result` and `analysis`.
 *
 * auto_vacuum must come before the first table, or freed pages never return to the file system.
 * secure_delete: what was deleted is overwritten rather than left on free pages.
 * synchronous=FULL: an answered write survives the machine's death, not only the process's.
 */
const TABLES: readonly string[] = [
  'PRAGMA auto_vacuum = INCREMENTAL',
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA secure_delete = ON',
  'PRAGMA busy_timeout = 5000',
  'PRAGMA cache_size = -16384',
  `CREATE TABLE IF NOT EXISTS submissions (
    job_id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    attempts INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    started_ms INTEGER,
    finished_ms INTEGER,
    save_metric INTEGER NOT NULL,
    analyze INTEGER NOT NULL,
    callback_url TEXT,
    callback_outcome TEXT,
    callback_attempts INTEGER NOT NULL DEFAULT 0,
    callback_at_ms INTEGER,
    analysis BLOB,
    result BLOB,
    request BLOB NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS submissions_unfinished ON submissions (created_ms, job_id)
    WHERE finished_ms IS NULL`,
  `CREATE INDEX IF NOT EXISTS submissions_finished ON submissions (finished_ms) WHERE finished_ms IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS submissions_callback ON submissions (callback_at_ms)
    WHERE callback_at_ms IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS executions (
    job_id TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    time_bucket INTEGER NOT NULL,
    memory_bucket INTEGER NOT NULL,
    body BLOB NOT NULL
  )`,
  'CREATE INDEX IF NOT EXISTS executions_created ON executions (created_ms)',
  `CREATE TABLE IF NOT EXISTS execution_counts (
    language TEXT NOT NULL,
    measure TEXT NOT NULL,
    bucket TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (language, measure, bucket)
  ) WITHOUT ROWID`,
  ...['status', 'time_bucket', 'memory_bucket'].flatMap(countTriggers),
  `CREATE TABLE IF NOT EXISTS shares (
    id TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    body BLOB NOT NULL
  )`,
  'CREATE INDEX IF NOT EXISTS shares_expires ON shares (expires_ms)',
  'CREATE INDEX IF NOT EXISTS shares_created ON shares (created_ms)',
  // Of submissions: SQLite writes a whole row anew, bodies and all, when one of its columns changes.
  `CREATE TABLE IF NOT EXISTS bodies (
    job_id TEXT NOT NULL,
    field TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (job_id, field)
  )`,
  `CREATE TRIGGER IF NOT EXISTS submissions_bodies_gone AFTER DELETE ON submissions BEGIN
    DELETE FROM bodies WHERE job_id = old.job_id;
  END`,
  'CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)',
  ...HOLDINGS,
]

const PAGE_BYTES = 4096

/** What the connection begins with. The database file never grows beyond its room, and the log hardly beyond its own. */
export function setUp({
  databaseBytes,
  logBytes,
}: Pick<StoreRoom, 'databaseBytes' | 'logBytes'>): readonly string[] {
  return [
    ...TABLES,
    maxPages(databaseBytes),
    `PRAGMA wal_autocheckpoint = ${Math.min(1000, Math.max(1, Math.floor(logBytes / 8 / PAGE_BYTES)))}`,
    `PRAGMA journal_size_limit = ${logBytes}`,
  ]
}

/** Has no effect below the database's present size, so it is said again when that has shrunk. */
export function maxPages(databaseBytes: number): string {
  return `PRAGMA max_page_count = ${Math.max(1, Math.floor(databaseBytes / PAGE_BYTES))}`
}

/** Counts follow the records in the same transaction, so that they cannot drift from them. */
function countTriggers(column: string): readonly string[] {
  const measure = column.replace('_bucket', '')
  return [
    `CREATE TRIGGER IF NOT EXISTS executions_added_${column} AFTER INSERT ON executions BEGIN
      INSERT INTO execution_counts VALUES (new.language, '${measure}', CAST(new.${column} AS TEXT), 1)
      ON CONFLICT DO UPDATE SET count = count + 1;
    END`,
    `CREATE TRIGGER IF NOT EXISTS executions_removed_${column} AFTER DELETE ON executions BEGIN
      UPDATE execution_counts SET count = count - 1
      WHERE language = old.language AND measure = '${measure}' AND bucket = CAST(old.${column} AS TEXT);
      DELETE FROM execution_counts
      WHERE language = old.language AND measure = '${measure}' AND bucket = CAST(old.${column} AS TEXT)
        AND count <= 0;
    END`,
  ]
}
