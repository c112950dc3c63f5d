/** The embedded store: one SQLite file in the data folder. One process uses it at a time. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { ExecutionStore } from './execution-store.js'
import { decode, decodeNullable, encode } from './encoding.js'
import type { HistogramRow } from './histogram.js'
import { memoryBucket, summarize, timeBucket } from './histogram.js'
import type {
  CallbackOutcome,
  CallbackState,
  DueCallback,
  NewSubmission,
  SavedExecution,
  ShareRecord,
  SubmissionEnding,
  SubmissionRecord,
  SubmissionStatus,
  UnfinishedSubmission,
} from './records.js'
import { SqliteConnection } from './sqlite-connection.js'
import { pruneSqlite } from './sqlite-prune.js'
import { SET_UP } from './sqlite-schema.js'
import type { Statement, StatementResult } from './sqlite-thread.js'

export interface SqliteStoreOptions {
  readonly file: string
  /** Compiled code of the database thread, where it is not beside this file. */
  readonly threadFile?: URL
}

type Row = StatementResult['rows'][number]

export function createSqliteStore({ file, threadFile }: SqliteStoreOptions): ExecutionStore {
  // Only the service itself reads what clients sent.
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const database = new SqliteConnection(
    { file, setUp: SET_UP },
    threadFile ?? new URL('./sqlite-thread.js', import.meta.url),
  )
  const changed = async (sql: string, ...params: NonNullable<Statement['params']>): Promise<boolean> =>
    (await database.run(sql, ...params)).changes > 0
  const first = async (sql: string, ...params: NonNullable<Statement['params']>): Promise<Row | undefined> =>
    (await database.run(sql, ...params)).rows[0]

  return {
    async addSubmissions(submissions) {
      await database.transaction(await Promise.all(submissions.map(insertSubmission)))
    },

    async getSubmission(jobId) {
      const row = await first(`SELECT ${RECORD_COLUMNS} FROM submissions WHERE job_id = ?`, jobId)
      return row && toRecord(row)
    },

    async getRequest(jobId) {
      const row = await first('SELECT request FROM submissions WHERE job_id = ?', jobId)
      return row && decode(bytes(row['request']))
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
      return changed(...(await endSubmission(jobId, ending)))
    },

    async addAnalysis(jobId, analysis) {
      await database.run(
        'UPDATE submissions SET analysis = ? WHERE job_id = ? AND finished_ms IS NOT NULL AND analysis IS NULL',
        await encode(analysis),
        jobId,
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

    async saveExecution(execution) {
      const { jobId, createdAtMs, language, status, wallTimeMs, memoryBytes } = execution
      await database.run(
        `INSERT INTO executions (job_id, created_ms, language, status, time_bucket, memory_bucket, body)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        jobId,
        createdAtMs,
        language,
        status,
        timeBucket(wallTimeMs),
        memoryBucket(memoryBytes),
        await encode(execution),
      )
    },

    async getExecution(jobId) {
      const row = await first('SELECT body FROM executions WHERE job_id = ?', jobId)
      return row && decode<SavedExecution>(bytes(row['body']))
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

    async addShare(share) {
      await database.run(
        'INSERT INTO shares (id, created_ms, expires_ms, body) VALUES (?, ?, ?, ?)',
        share.id,
        share.createdAtMs,
        share.expiresAtMs,
        await encode(share),
      )
    },

    async getShare(id, nowMs) {
      const row = await first('SELECT body FROM shares WHERE id = ? AND expires_ms > ?', id, nowMs)
      return row && decode<ShareRecord>(bytes(row['body']))
    },

    async settingOr(name, value) {
      const [, read] = await database.transaction([
        { sql: 'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING', params: [name, value] },
        { sql: 'SELECT value FROM settings WHERE name = ?', params: [name] },
      ])
      return String(read?.rows[0]?.['value'] ?? value)
    },

    prune: (retention, nowMs) => pruneSqlite(database, retention, nowMs),

    async check() {
      await database.run('SELECT 1 FROM settings LIMIT 1')
    },

    close: () => database.close(),
  }
}

const RECORD_COLUMNS = `job_id, key, language, status, attempts, created_ms, started_ms, finished_ms, save_metric,
  analyze, callback_url, callback_outcome, callback_attempts, analysis, result`

async function insertSubmission(submission: NewSubmission): Promise<Statement> {
  const { jobId, key, createdAtMs, request, saveMetric, analyze, callbackUrl } = submission
  return {
    sql: `INSERT INTO submissions
      (job_id, key, language, created_ms, save_metric, analyze, callback_url, callback_outcome, request)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      jobId,
      key,
      request.language,
      createdAtMs,
      Number(saveMetric),
      Number(analyze),
      callbackUrl,
      callbackUrl === null ? null : 'waiting',
      await encode(request),
    ],
  }
}

async function endSubmission(
  jobId: string,
  { status, finishedAtMs, result, analysis }: SubmissionEnding,
): Promise<[string, ...NonNullable<Statement['params']>]> {
  return [
    `UPDATE submissions SET status = ?, finished_ms = ?, result = ?, analysis = ?,
       callback_at_ms = CASE WHEN callback_url IS NULL THEN NULL ELSE ? END
     WHERE job_id = ? AND finished_ms IS NULL`,
    status,
    finishedAtMs,
    result && (await encode(result)),
    analysis && (await encode(analysis)),
    finishedAtMs,
    jobId,
  ]
}

async function toRecord(row: Row): Promise<SubmissionRecord> {
  const number = (name: string): number | null => (row[name] === null ? null : Number(row[name]))
  return {
    jobId: String(row['job_id']),
    key: String(row['key']),
    language: String(row['language']),
    status: String(row['status']) as SubmissionStatus,
    attempts: Number(row['attempts']),
    createdAtMs: Number(row['created_ms']),
    startedAtMs: number('started_ms'),
    finishedAtMs: number('finished_ms'),
    saveMetric: row['save_metric'] === 1,
    analyze: row['analyze'] === 1,
    callbackUrl: row['callback_url'] === null ? null : String(row['callback_url']),
    callback: toCallback(row),
    analysis: await decodeNullable(optionalBytes(row['analysis'])),
    result: await decodeNullable(optionalBytes(row['result'])),
  }
}

function toCallback(row: Row): CallbackState | null {
  const outcome = row['callback_outcome']
  if (outcome === null) return null
  return { outcome: String(outcome) as CallbackOutcome, attempts: Number(row['callback_attempts']) }
}

function toUnfinished(row: Row): UnfinishedSubmission {
  return {
    jobId: String(row['job_id']),
    createdAtMs: Number(row['created_ms']),
    status: row['status'] === 'running' ? 'running' : 'queued',
    attempts: Number(row['attempts']),
  }
}

function toDueCallback(row: Row): DueCallback {
  return {
    jobId: String(row['job_id']),
    url: String(row['callback_url']),
    attempts: Number(row['callback_attempts']),
  }
}

function bytes(value: Row[string] | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new TypeError('a body in the database is not bytes')
}

function optionalBytes(value: Row[string] | undefined): Uint8Array | null {
  return value === null || value === undefined ? null : bytes(value)
}
