/**
 * Who holds how much of the embedded database. A holding stands beside each record: whose it is, its bytes, and since
 * when it may be deleted. Sums for each owner follow in the same transaction, so that they cannot drift.
 *
 * An owner is a keyed hash whose key ended with the process that made it: it tells which records belong together and
 * leads back to nobody. '' owns what was written before there were owners.
 */
import { RECORD_OVERHEAD_BYTES } from './limits.js'
import type { Holder } from './records.js'
import type { Statement } from './sqlite-thread.js'

/** `unfinished` are submissions that have not ended; they are never deleted to make room. */
export type HoldingKind = 'unfinished' | 'submissions' | 'executions' | 'shares'

const sum = (kinds: string, row: 'new' | 'old', sign = ''): string =>
  `CASE WHEN ${row}.kind IN (${kinds}) THEN ${sign}${row}.bytes ELSE 0 END`
const add = (row: 'new' | 'old', sign = ''): string => `
  INSERT INTO holders VALUES (${row}.owner, ${sum("'unfinished'", row, sign)},
    ${sum("'submissions', 'executions'", row, sign)}, ${sum("'shares'", row, sign)})
  ON CONFLICT (owner) DO UPDATE SET unfinished = unfinished + excluded.unfinished,
    ended = ended + excluded.ended, shares = shares + excluded.shares;`
const forget =
  'DELETE FROM holders WHERE owner = old.owner AND unfinished <= 0 AND ended <= 0 AND shares <= 0;'

const recordGone = (table: string, id: string, kinds: string): string =>
  `CREATE TRIGGER IF NOT EXISTS ${table}_gone AFTER DELETE ON ${table} BEGIN
    DELETE FROM holdings WHERE id = old.${id} AND kind IN (${kinds});
  END`

export const HOLDINGS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS holders (
    owner TEXT PRIMARY KEY,
    unfinished INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    shares INTEGER NOT NULL
  ) WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS holders_ended ON holders (ended) WHERE ended > 0',
  'CREATE INDEX IF NOT EXISTS holders_shares ON holders (shares) WHERE shares > 0',
  `CREATE TABLE IF NOT EXISTS holdings (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (id, kind)
  ) WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS holdings_oldest ON holdings (owner, since_ms)',
  `CREATE TRIGGER IF NOT EXISTS holdings_added AFTER INSERT ON holdings BEGIN ${add('new')} END`,
  `CREATE TRIGGER IF NOT EXISTS holdings_removed AFTER DELETE ON holdings BEGIN ${add('old', '-')} ${forget} END`,
  `CREATE TRIGGER IF NOT EXISTS holdings_changed AFTER UPDATE ON holdings BEGIN ${add('old', '-')} ${add('new')} END`,
  recordGone('submissions', 'job_id', "'unfinished', 'submissions'"),
  recordGone('executions', 'job_id', "'executions'"),
  recordGone('shares', 'id', "'shares'"),
  // A database from before there were holdings.
  `INSERT INTO holdings
    SELECT job_id, CASE WHEN finished_ms IS NULL THEN 'unfinished' ELSE 'submissions' END, '',
      ${RECORD_OVERHEAD_BYTES} + length(request) + coalesce(length(result), 0) + coalesce(length(analysis), 0),
      coalesce(finished_ms, created_ms)
    FROM submissions WHERE NOT EXISTS (SELECT 1 FROM holdings)
    UNION ALL SELECT job_id, 'executions', '', ${RECORD_OVERHEAD_BYTES} + length(body), created_ms
    FROM executions WHERE NOT EXISTS (SELECT 1 FROM holdings)
    UNION ALL SELECT id, 'shares', '', ${RECORD_OVERHEAD_BYTES} + length(body), created_ms
    FROM shares WHERE NOT EXISTS (SELECT 1 FROM holdings)`,
]

export interface NewHolding {
  readonly id: string
  readonly kind: HoldingKind
  readonly bodyBytes: number
  readonly sinceMs: number
}

export function addHolding({ id, kind, bodyBytes, sinceMs }: NewHolding, holder: Holder): Statement {
  const [owner, submission] = 'owner' in holder ? [holder.owner, null] : [null, holder.submission]
  return {
    sql: `INSERT INTO holdings VALUES (?, ?,
        coalesce(?, (SELECT owner FROM holdings WHERE id = ? AND kind IN ('unfinished', 'submissions')), ''), ?, ?)
      ON CONFLICT DO NOTHING`,
    params: [id, kind, owner, submission, bodyBytes + RECORD_OVERHEAD_BYTES, sinceMs],
  }
}

/** How much the owner of a record holds beside shares; no row where that is nothing. */
export function heldBeside(id: string): Statement {
  return {
    sql: `SELECT owner, unfinished + ended AS held FROM holders
      WHERE owner = (SELECT owner FROM holdings WHERE id = ? AND kind <> 'shares' LIMIT 1)`,
    params: [id],
  }
}
