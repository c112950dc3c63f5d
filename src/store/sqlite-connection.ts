/** The service's end of the thread that owns the SQLite connection; a thread that died is started again when needed. */
import { Worker } from 'node:worker_threads'
import { makePrivateFile } from './private-files.js'
import type {
  SqliteAnswer,
  SqliteRequest,
  SqliteThreadData,
  Statement,
  StatementResult,
} from './sqlite-thread.js'
import { storeUnavailable } from './unavailable.js'

interface Pending {
  readonly resolve: (results: readonly StatementResult[]) => void
  readonly reject: (error: unknown) => void
}

export class SqliteConnection {
  readonly #data: SqliteThreadData
  readonly #threadFile: URL
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | undefined
  #nextId = 1
  #closed = false

  constructor(data: SqliteThreadData, threadFile: URL) {
    this.#data = data
    this.#threadFile = threadFile
  }

  /**
   * Runs statements in one transaction and gives their results in order. With `spareBytes` so much of the room stays
   * free, or nothing is written.
   */
  transaction(statements: readonly Statement[], spareBytes?: number): Promise<readonly StatementResult[]> {
    return this.#send(statements, 'transaction', spareBytes)
  }

  /** Runs one statement in a transaction of its own. */
  async run(
    sql: string,
    ...params: readonly NonNullable<Statement['params']>[number][]
  ): Promise<StatementResult> {
    const [result] = await this.transaction([{ sql, params }])
    return result ?? { rows: [], changes: 0 }
  }

  /** Runs one statement outside any transaction. */
  async alone(sql: string): Promise<void> {
    await this.#send([{ sql }], 'alone')
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const worker = this.#worker
    if (worker !== undefined) {
      const gone = new Promise((resolve) => {
        worker.once('exit', resolve)
      })
      // What was asked before is answered before; a thread that is dead already has nothing to close.
      await this.#send([], 'close').catch(() => {})
      await gone
    }
    this.#closed = true
  }

  #send(
    statements: readonly Statement[],
    mode: SqliteRequest['mode'],
    spareBytes?: number,
  ): Promise<readonly StatementResult[]> {
    if (this.#closed) return Promise.reject(storeUnavailable(new Error('the store is closed')))
    const worker = (this.#worker ??= this.#start())
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      const request = {
        id,
        statements,
        mode,
        ...(spareBytes !== undefined && { spareBytes }),
      } satisfies SqliteRequest
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window and has no origin
      worker.postMessage(request)
    })
  }

  #start(): Worker {
    makePrivateFile(this.#data.file)
    // Nothing of the service's environment or arguments is any of its business.
    const worker = new Worker(this.#threadFile, { workerData: this.#data, env: {}, argv: [], execArgv: [] })
    let reason: unknown = new Error('the database thread ended')
    worker.on('message', (answer: SqliteAnswer) => this.#settle(answer))
    worker.on('error', (error) => {
      reason = error
    })
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
      const lost = [...this.#pending.values()]
      this.#pending.clear()
      for (const { reject } of lost) reject(storeUnavailable(reason))
    })
    return worker
  }

  #settle(answer: SqliteAnswer): void {
    const pending = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    if ('results' in answer) pending?.resolve(answer.results)
    else pending?.reject(storeUnavailable(new SqliteError(answer.error, answer.code)))
  }
}

/** Why the database refused a request, or undefined where it was something else. */
export function refusalCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof SqliteError ? cause.code : undefined
}

class SqliteError extends Error {
  override readonly name = 'SqliteError'
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}
