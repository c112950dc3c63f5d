import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AMPLE, divideRoom } from './limits.js'
import { SqliteConnection } from './sqlite-connection.js'
import { addHolding } from './sqlite-holdings.js'
import { SqliteRoom } from './sqlite-room.js'
import { setUp } from './sqlite-schema.js'
import type { Statement, StatementResult } from './sqlite-thread.js'
import { openTestStore } from './test-support.js'
import type { TestStore } from './test-support.js'

/** Calls back after each look at how much is used, before whoever looked knows. */
class WatchedConnection extends SqliteConnection {
  afterMeasuring = (): void => {}

  override async transaction(
    statements: readonly Statement[],
    spareBytes?: number,
  ): Promise<readonly StatementResult[]> {
    const results = await super.transaction(statements, spareBytes)
    if (statements[0]?.sql === 'PRAGMA page_size') this.afterMeasuring()
    return results
  }
}

const limits = { ...AMPLE, maxBytes: 4 * 2 ** 20 }
const RECORD_BYTES = 250_000

let test: TestStore
let database: WatchedConnection
let room: SqliteRoom
beforeEach(async () => {
  test = await openTestStore()
  const data = { ...divideRoom(limits), file: test.file }
  database = new WatchedConnection({ ...data, setUp: setUp(data) }, test.threadFile)
  room = new SqliteRoom(database, limits, { submissions: 0, executions: 0, shares: 0 })
})
afterEach(async () => {
  await database.close()
  await test.dispose()
})

function save(owner: string, createdAtMs: number): Promise<unknown> {
  const id = randomUUID()
  const insert = {
    sql: `INSERT INTO executions VALUES (?, ?, 'python', 'succeeded', 1, 1, ?)`,
    params: [id, createdAtMs, new Uint8Array(RECORD_BYTES)],
  }
  const holding = { id, kind: 'executions', bodyBytes: RECORD_BYTES, sinceMs: createdAtMs } as const
  return room.write([insert, addHolding(holding, { owner })], { bytes: RECORD_BYTES, isNew: true })
}

it('keeps the room that is made for one record from others that come meanwhile', async () => {
  for (let index = 0; index < 20; index++) await save('owner', index)
  let meanwhile = 0
  for (let moment = 1; moment <= 8; moment++) {
    const saved: Promise<unknown>[] = []
    let measured = 0
    database.afterMeasuring = () => {
      if (++measured === moment) saved.push(save('other', moment), save('other', moment))
    }
    await save('owner', 100 + moment)
    database.afterMeasuring = () => {}
    await Promise.all(saved)
    meanwhile += saved.length
  }
  expect(meanwhile).toBeGreaterThan(2)
})
