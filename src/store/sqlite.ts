/** The embedded store: one SQLite file in the data folder. One process uses it at a time. */
import path from 'node:path'
import type { ExecutionStore } from './execution-store.js'
import { decode, encode } from './encoding.js'
import type { HistogramRow } from './histogram.js'
import { memoryBucket, summarize, timeBucket } from './histogram.js'
import type { Deleted, SavedExecution, ShareRecord } from './records.js'
import { divideRoom, RECORD_OVERHEAD_BYTES } from './limits.js'
import type { StoreLimits } from './limits.js'
import { makePrivateFolder } from './private-files.js'
import { refusalCode, SqliteConnection } from './sqlite-connection.js'
import { usedBytes } from './sqlite-eviction.js'
import { addHolding, heldBeside } from './sqlite-holdings.js'
import { pruneSqlite } from './sqlite-prune.js'
import { SqliteRoom } from './sqlite-room.js'
import { setUp } from './sqlite-schema.js'
import {
  addBody,
  bodyOf,
  endSubmission,
  insertSubmission,
  HEAD_COLUMNS,
  RECORD_COLUMNS,
  REQUEST_COLUMN,
  toDueCallback,
  toHead,
  toRecord,
  toUnfinished,
} from './sqlite-submissions.js'
import type { Statement, StatementResult } from './sqlite-thread.js'
import { clientStoreFull, storeFull } from './unavailable.js'

export interface SqliteStoreOptions {
  readonly file: string
  readonly limits: StoreLimits
  /** Compiled code of the database thread, where it is not beside this file. */
  readonly threadFile?: URL
}

type Row = StatementResult['rows'][number]

export function createSqliteStore({ file, limits, threadFile }: SqliteStoreOptions): ExecutionStore {
  makePrivateFolder(path.dirname(file))
  const { databaseBytes, logBytes, transactionBytes, shareBytes } = divideRoom(limits)
  const database = new SqliteConnection(
    { file, setUp: setUp({ databaseBytes, logBytes }), databaseBytes, transactionBytes },
    threadFile ?? new URL('./sqlite-thread.js', import.meta.url),
  )
  const deleted: Deleted = { submissions: 0, executions: 0, shares: 0 }
  const room = new SqliteRoom(database, limits, deleted)
  const changed = async (sql: string, ...params: NonNullable<Statement['params']>): Promise<boolean> =>
    (await database.run(sql, ...params)).changes > 0
  const first = async (sql: string, ...params: NonNullable<Statement['params']>): Promise<Row | undefined> =>
    (await database.run(sql, ...params)).rows[0]

  return {
    async addSubmissions(submissions, owner) {
      const [{ jobId } = { jobId: '' }] = submissions
      if (jobId === '') return
      const bodies = await Promise.all(submissions.map(({ request }) => encode(request)))
      const bytes = bodies.reduce((sum, body) => sum + body.length + RECORD_OVERHEAD_BYTES, 0)
      const results = await room
        .write(
          [
            mayHold('unfinished', owner, bytes, limits.clientBytes),
            ...submissions.flatMap((submission, index) =>
              insertSubmission(submission, bodies[index] ?? new Uint8Array(), owner),
            ),
            heldBeside(jobId),
          ],
          { bytes, isNew: true },
        )
        .catch(explain('submissions that have not ended', limits.clientBytes))
      await room.trim(results.at(-1))
    },

    async getSubmission(jobId) {
      const row = await first(`SELECT ${RECORD_COLUMNS} FROM submissions WHERE job_id = ?`, jobId)
      return row && toRecord(row)
    },

    async getSubmissionHead(jobId) {
      const row = await first(`SELECT ${HEAD_COLUMNS} FROM submissions WHERE job_id = ?`, jobId)
      return row && toHead(row)
    },

    async getRequest(jobId) {
      const row = await first(`SELECT ${REQUEST_COLUMN} FROM submissions WHERE job_id = ?`, jobId)
      return row && decode(bodyOf(row['request']))
    },

    markRunning: (jobId, startedAtMs) =>
      changed(
        `UPDATE submissions SET status = 'running', started_ms = ?, attempts = attempts + 1
         WHERE job_id = ? AND finished_ms IS NULL`,
        startedAtMs,
        jobId,
      ),

    markQueued: (jobId) =>
      changed(
        `UPDATE submissions SET status = 'queued', started_ms = NULL WHERE job_id = ? AND finished_ms IS NULL`,
        jobId,
      ),

    async finishSubmission(jobId, ending) {
      const { statements, bytes } = await endSubmission(jobId, ending)
      const results = await room.write([...statements, heldBeside(jobId)], { bytes, isNew: false })
      await room.trim(results.at(-1))
      return results.at(-3)?.changes === 1
    },

    async addAnalysis(jobId, analysis) {
      const body = await encode(analysis)
      await room.write(
        [
          addBody(jobId, 'analysis', body, 'finished_ms IS NOT NULL AND analysis IS NULL'),
          {
            sql: `UPDATE holdings SET bytes = bytes + ? WHERE id = ? AND kind = 'submissions' AND changes() > 0`,
            params: [body.length, jobId],
          },
        ],
        { bytes: body.length, isNew: true },
      )
    },

    async removeSubmission(jobId) {
      await database.run('DELETE FROM submissions WHERE job_id = ?', jobId)
    },

    async unfinishedSubmissions(limit, after = { createdAtMs: -1, jobId: '' }) {
      const { rows } = await database.run(
        `SELECT job_id, created_ms, status, attempts FROM submissions
         WHERE finished_ms IS NULL AND (created_ms, job_id) > (?, ?) ORDER BY created_ms, job_id LIMIT ?`,
        after.createdAtMs,
        after.jobId,
        limit,
      )
      return rows.map(toUnfinished)
    },

    async claimCallbacks(nowMs, retryAtMs, limit) {
      const { rows } = await database.run(
        `UPDATE submissions SET callback_attempts = callback_attempts + 1, callback_at_ms = ?
         WHERE job_id IN (SELECT job_id FROM submissions WHERE callback_at_ms <= ? ORDER BY callback_at_ms LIMIT ?)
         RETURNING job_id, callback_url, callback_attempts`,
        retryAtMs,
        nowMs,
        limit,
      )
      return rows.map(toDueCallback)
    },

    async settleCallback(jobId, outcome, nextAttemptAtMs) {
      await database.run(
        'UPDATE submissions SET callback_outcome = ?, callback_at_ms = ? WHERE job_id = ?',
        outcome,
        nextAttemptAtMs,
        jobId,
      )
    },

    async saveExecution(execution, holder) {
      const { jobId, createdAtMs, language, status, wallTimeMs, memoryBytes } = execution
      const body = await encode(execution)
      const results = await room.write(
        [
          {
            sql: `INSERT INTO executions (job_id, created_ms, language, status, time_bucket, memory_bucket, body)
              VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
            params: [
              jobId,
              createdAtMs,
              language,
              status,
              timeBucket(wallTimeMs),
              memoryBucket(memoryBytes),
              body,
            ],
          },
          addHolding({ id: jobId, kind: 'executions', bodyBytes: body.length, sinceMs: createdAtMs }, holder),
          heldBeside(jobId),
        ],
        { bytes: body.length, isNew: true },
      )
      await room.trim(results.at(-1))
    },

    async getExecution(jobId) {
      const row = await first('SELECT body FROM executions WHERE job_id = ?', jobId)
      return row && decode<SavedExecution>(bodyOf(row['body']))
    },

    async summarizeExecutions() {
      // One text instead of thousands of rows: making and moving those between threads costs more than counting them.
      const row = await first(
        `SELECT json_group_array(json_object(
           'language', language, 'measure', measure, 'bucket', bucket, 'count', count)) AS counts
         FROM execution_counts`,
      )
      return summarize(JSON.parse(String(row?.['counts'] ?? '[]')) as readonly HistogramRow[])
    },

    async addShare(share, owner) {
      const { id, createdAtMs, expiresAtMs } = share
      const body = await encode(share)
      const bytes = body.length + RECORD_OVERHEAD_BYTES
      await room
        .write(
          [
            mayHold('shares', owner, bytes, limits.clientShareBytes),
            {
              sql: 'SELECT 1 FROM (SELECT sum(shares) AS sum FROM holders WHERE shares > 0) WHERE coalesce(sum, 0) + ? <= ?',
              params: [bytes, shareBytes],
              orFail: 'STORE_FULL',
            },
            {
              sql: 'SELECT 1 WHERE (SELECT count(*) FROM shares) < ?',
              params: [limits.maxRecords],
              orFail: 'STORE_FULL',
            },
            {
              sql: 'INSERT INTO shares (id, created_ms, expires_ms, body) VALUES (?, ?, ?, ?)',
              params: [id, createdAtMs, expiresAtMs, body],
            },
            addHolding({ id, kind: 'shares', bodyBytes: body.length, sinceMs: createdAtMs }, { owner }),
          ],
          { bytes, isNew: true },
        )
        .catch(explain('shares', limits.clientShareBytes))
    },

    async getShare(id, nowMs) {
      const row = await first('SELECT body FROM shares WHERE id = ? AND expires_ms > ?', id, nowMs)
      return row && decode<ShareRecord>(bodyOf(row['body']))
    },

    async settingOr(name, value) {
      const [, read] = await database.transaction([
        { sql: 'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING', params: [name, value] },
        { sql: 'SELECT value FROM settings WHERE name = ?', params: [name] },
      ])
      return String(read?.rows[0]?.['value'] ?? value)
    },

    async prune(retention, nowMs) {
      await pruneSqlite(database, { retention, nowMs, limits }, deleted)
      const report = { deleted: { ...deleted }, bytes: await usedBytes(database) }
      Object.assign(deleted, { submissions: 0, executions: 0, shares: 0 })
      return report
    },

    async check() {
      await database.run('SELECT 1 FROM settings LIMIT 1')
    },

    close: () => database.close(),
  }
}

/** Holds where the owner would have no more than its part. */
function mayHold(kind: 'unfinished' | 'shares', owner: string, bytes: number, maxBytes: number): Statement {
  return {
    sql: `SELECT 1 WHERE coalesce((SELECT ${kind} FROM holders WHERE owner = ?), 0) + ? <= ?`,
    params: [owner, bytes, maxBytes],
    orFail: 'CLIENT_STORE_FULL',
  }
}

/** Says what a refusal of the database means for the client. */
function explain(what: string, maxBytes: number): (error: unknown) => never {
  return (error) => {
    if (refusalCode(error) === 'CLIENT_STORE_FULL') throw clientStoreFull(what, maxBytes)
    throw refusalCode(error) === 'STORE_FULL' ? storeFull() : error
  }
}
