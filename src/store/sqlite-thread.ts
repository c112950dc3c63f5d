/**
 * The thread that owns the SQLite connection, so that waiting for the disk never blocks the service. Requests that
 * have piled up share one transaction and thus one wait; each is a savepoint of its own, so that one that fails takes
 * none of the others with it. Imports nothing of ours: it is loaded alone.
 */
import Database from 'libsql'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'

export type SqlValue = string | number | null | Uint8Array

export interface Statement {
  readonly sql: string
  readonly params?: readonly SqlValue[]
  /** The request fails with this code where the statement finds or changes nothing. */
  readonly orFail?: string
}

export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, SqlValue>>[]
  readonly changes: number
}

export interface SqliteRequest {
  readonly id: number
  /** All or none take effect. */
  readonly statements: readonly Statement[]
  /** `alone`: outside any transaction, as VACUUM and checkpoints must be. `close`: the last one. */
  readonly mode: 'transaction' | 'alone' | 'close'
  /** Bytes that stay free whatever this request writes; it fails with SQLITE_FULL where there are too few. */
  readonly spareBytes?: number
}

export type SqliteAnswer =
  | { readonly id: number; readonly results: readonly StatementResult[] }
  | { readonly id: number; readonly error: string; readonly code: string }

export interface SqliteThreadData {
  readonly file: string
  /** Run when the connection is made. */
  readonly setUp: readonly string[]
  /** Of the database file. */
  readonly databaseBytes: number
  /** What one transaction takes in at most, unless it is a single request: what it writes stands in the log first. */
  readonly transactionBytes: number
}

/** So long a transaction keeps others, for instance a backup, waiting at most. */
const MOST_TOGETHER = 256

/** What a request writes beside its bodies: pages of rows and indexes, usually and at most. */
const REQUEST_BYTES = 16_384
const MAX_PAGES_BESIDE = 16

class RequestError extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

function bytesOf({ statements }: SqliteRequest): number {
  let bytes = 0
  for (const { params = [] } of statements) {
    for (const value of params) if (value instanceof Uint8Array) bytes += value.byteLength
  }
  return bytes
}

function serve(port: MessagePort, data: SqliteThreadData): void {
  const { file, setUp, databaseBytes, transactionBytes } = data
  const database = new Database(file)
  setUp.forEach((sql) => database.exec(sql))
  const prepared = new Map<string, Database.Statement>()

  const execute = ({ sql, params = [] }: Statement): StatementResult => {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, statement)
    // One list, always: given values one by one, the driver takes a single buffer or null for something else.
    const values = params.map((value) =>
      value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
    )
    if (!statement.reader) return { rows: [], changes: statement.run(values).changes }
    const rows = statement.all(values) as Record<string, SqlValue | ArrayBuffer>[]
    return { rows: rows.map(withBytes), changes: rows.length }
  }

  const pragma = (name: string): number => {
    const [row = {}] = database.prepare(`PRAGMA ${name}`).all() as Record<string, number>[]
    return row[name] ?? 0
  }

  const requireRoom = (request: SqliteRequest): void => {
    if (request.spareBytes === undefined) return
    const pageBytes = pragma('page_size')
    const free = databaseBytes - (pragma('page_count') - pragma('freelist_count')) * pageBytes
    const needed = bytesOf(request) + MAX_PAGES_BESIDE * pageBytes
    if (free - needed < request.spareBytes) throw new RequestError('SQLITE_FULL')
  }

  const attempt = (request: SqliteRequest): SqliteAnswer => {
    const { id, statements } = request
    database.exec('SAVEPOINT request')
    try {
      requireRoom(request)
      const results = statements.map((statement) => {
        const result = execute(statement)
        if (statement.orFail !== undefined && result.changes === 0) throw new RequestError(statement.orFail)
        return result
      })
      database.exec('RELEASE request')
      return { id, results }
    } catch (error) {
      // A database that is full ends the whole transaction by itself.
      if (!database.inTransaction) throw error
      database.exec('ROLLBACK TO request; RELEASE request')
      return failure(id, error)
    }
  }

  /** `exec` steps a statement to its very end; `run` would leave a vacuum after its first page. */
  const alone = ({ id, statements }: SqliteRequest): SqliteAnswer => {
    try {
      for (const { sql } of statements) database.exec(sql)
      return { id, results: [] }
    } catch (error) {
      return failure(id, error)
    }
  }

  const together = (requests: readonly SqliteRequest[]): readonly SqliteAnswer[] => {
    try {
      database.exec('BEGIN IMMEDIATE')
      const answers = requests.map(attempt)
      database.exec('COMMIT')
      return answers
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      // One that is too large for what is left has undone the others; each alone shows which.
      if (requests.length > 1 && codeOf(error) === 'SQLITE_FULL')
        return requests.flatMap((request) => together([request]))
      return requests.map(({ id }) => failure(id, error))
    }
  }

  const flush = (requests: SqliteRequest[]): void => {
    if (requests.length === 0) return
    together(requests).forEach((answer) => port.postMessage(answer))
    requests.length = 0
  }

  port.on('message', (first: SqliteRequest) => {
    const batch: SqliteRequest[] = []
    let batchBytes = 0
    for (let next: SqliteRequest | undefined = first; next !== undefined; next = received(port)) {
      const bytes = bytesOf(next) + REQUEST_BYTES
      if (batchBytes + bytes > transactionBytes) flush(batch)
      if (batch.length === 0) batchBytes = 0
      if (next.mode === 'transaction') {
        batch.push(next)
        batchBytes += bytes
        if (batch.length < MOST_TOGETHER) continue
      }
      flush(batch)
      if (next.mode === 'alone') port.postMessage(alone(next))
      if (next.mode === 'close') {
        database.close()
        port.postMessage({ id: next.id, results: [] })
        port.close()
        return
      }
    }
    flush(batch)
  })
}

/** The driver gives blobs as bare buffers. */
function withBytes(row: Record<string, SqlValue | ArrayBuffer>): StatementResult['rows'][number] {
  for (const [column, value] of Object.entries(row)) {
    if (value instanceof ArrayBuffer) row[column] = new Uint8Array(value)
  }
  return row as StatementResult['rows'][number]
}

function received(port: MessagePort): SqliteRequest | undefined {
  return receiveMessageOnPort(port)?.message as SqliteRequest | undefined
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function failure(id: number, error: unknown): SqliteAnswer {
  return { id, error: error instanceof Error ? error.message : String(error), code: codeOf(error) }
}

if (parentPort !== null) serve(parentPort, workerData as SqliteThreadData)
