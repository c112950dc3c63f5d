/** Submissions as rows of the embedded database. */
import { decodeNullable, encode } from './encoding.js'
import type {
  CallbackOutcome,
  CallbackState,
  DueCallback,
  NewSubmission,
  SubmissionEnding,
  SubmissionHead,
  SubmissionRecord,
  SubmissionStatus,
  UnfinishedSubmission,
} from './records.js'
import { addHolding } from './sqlite-holdings.js'
import type { Statement, StatementResult } from './sqlite-thread.js'

type Row = StatementResult['rows'][number]

type Field = 'request' | 'result' | 'analysis'

/** A body as a column, wherever it is. */
function body(field: Field): string {
  return `coalesce((SELECT body FROM bodies WHERE bodies.job_id = submissions.job_id AND field = '${field}'), ${field})
    AS ${field}`
}

export const REQUEST_COLUMN = body('request')

/** Adds a body to a submission that is as the condition says. */
export function addBody(jobId: string, field: Field, content: Uint8Array, condition: string): Statement {
  return {
    sql: `INSERT INTO bodies SELECT job_id, ?, ? FROM submissions WHERE job_id = ? AND ${condition}
      ON CONFLICT DO NOTHING`,
    params: [field, content, jobId],
  }
}

const NO_BODY = new Uint8Array(0)

export const HEAD_COLUMNS = `job_id, key, language, status, attempts, created_ms, started_ms, finished_ms, save_metric,
  analyze, callback_url, callback_outcome, callback_attempts`

export const RECORD_COLUMNS = `${HEAD_COLUMNS}, ${body('analysis')}, ${body('result')}`

export function insertSubmission(submission: NewSubmission, content: Uint8Array, owner: string): Statement[] {
  const { jobId, key, createdAtMs, request, saveMetric, analyze, callbackUrl } = submission
  const insert = {
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
      NO_BODY,
    ],
  }
  const held = { id: jobId, kind: 'unfinished', bodyBytes: content.length, sinceMs: createdAtMs } as const
  return [insert, addBody(jobId, 'request', content, 'TRUE'), addHolding(held, { owner })]
}

export async function endSubmission(
  jobId: string,
  { status, finishedAtMs, result, analysis }: SubmissionEnding,
): Promise<{ readonly statements: readonly Statement[]; readonly bytes: number }> {
  const [resultBody, analysisBody] = [result && (await encode(result)), analysis && (await encode(analysis))]
  const bytes = (resultBody?.length ?? 0) + (analysisBody?.length ?? 0)
  const isOpen = 'finished_ms IS NULL'
  const end = {
    sql: `UPDATE submissions SET status = ?, finished_ms = ?,
       callback_at_ms = CASE WHEN callback_url IS NULL THEN NULL ELSE ? END
     WHERE job_id = ? AND ${isOpen}`,
    params: [status, finishedAtMs, finishedAtMs, jobId],
  }
  const hold = {
    sql: `UPDATE holdings SET kind = 'submissions', bytes = bytes + ?, since_ms = ?
      WHERE id = ? AND kind = 'unfinished'`,
    params: [bytes, finishedAtMs, jobId],
  }
  const bodies = [
    ...(resultBody === null ? [] : [addBody(jobId, 'result', resultBody, isOpen)]),
    ...(analysisBody === null ? [] : [addBody(jobId, 'analysis', analysisBody, isOpen)]),
  ]
  return { statements: [...bodies, end, hold], bytes }
}

export async function toRecord(row: Row): Promise<SubmissionRecord> {
  return {
    ...toHead(row),
    analysis: await decodeNullable(optionalBody(row['analysis'])),
    result: await decodeNullable(optionalBody(row['result'])),
  }
}

export function toHead(row: Row): SubmissionHead {
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
  }
}

function toCallback(row: Row): CallbackState | null {
  const outcome = row['callback_outcome']
  if (outcome === null) return null
  return { outcome: String(outcome) as CallbackOutcome, attempts: Number(row['callback_attempts']) }
}

export function toUnfinished(row: Row): UnfinishedSubmission {
  return {
    jobId: String(row['job_id']),
    createdAtMs: Number(row['created_ms']),
    status: row['status'] === 'running' ? 'running' : 'queued',
    attempts: Number(row['attempts']),
  }
}

export function toDueCallback(row: Row): DueCallback {
  return {
    jobId: String(row['job_id']),
    url: String(row['callback_url']),
    attempts: Number(row['callback_attempts']),
  }
}

export function bodyOf(value: Row[string] | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new TypeError('a body in the database is not bytes')
}

function optionalBody(value: Row[string] | undefined): Uint8Array | null {
  return value === null || value === undefined ? null : bodyOf(value)
}
