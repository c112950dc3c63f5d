import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executionOf, submissionOf, testExecutionStore } from './conformance.js'
import { createSqliteStore } from './sqlite.js'
import { openTestStore } from './test-support.js'
import type { TestStore } from './test-support.js'

testExecutionStore('sqlite', async () => {
  const { store, file, threadFile, dispose } = await openTestStore()
  return {
    store,
    reopen: () => Promise.resolve(createSqliteStore({ file, threadFile })),
    clear: async () => {
      await store.check()
      const database = new Database(file)
      database.exec('DELETE FROM submissions; DELETE FROM executions; DELETE FROM shares')
      database.close()
    },
    dispose,
  }
})

describe('the SQLite file', () => {
  let test: TestStore
  beforeEach(async () => {
    test = await openTestStore()
  })
  afterEach(() => test.dispose())

  const filesOnDisk = (): readonly string[] =>
    readdirSync(test.directory).map((name) => path.join(test.directory, name))
  const bytesOnDisk = (): number => filesOnDisk().reduce((sum, file) => sum + statSync(file).size, 0)
  const isOnDisk = (text: string): boolean => filesOnDisk().some((file) => readFileSync(file).includes(text))
  const KEEP_NOTHING = { submissionMs: 1, executionMs: 1, maxRecords: 1000, maxBytes: 1e9 }

  it('shrinks when records are pruned', async () => {
    for (let index = 0; index < 50; index++) {
      await test.store.saveExecution(executionOf({ code: randomBytes(60_000).toString('base64') }))
    }
    const before = bytesOnDisk()
    await test.store.prune(KEEP_NOTHING, 1e12)
    expect(before).toBeGreaterThan(2_000_000)
    expect(bytesOnDisk()).toBeLessThan(300_000)
  })

  it('holds nothing of what was pruned or removed', async () => {
    const [saved, removed] = ['canary-of-an-execution', 'canary-of-a-submission']
    const submission = submissionOf({ callbackUrl: `https://example.org/${removed}` })
    await test.store.saveExecution(executionOf({ code: saved }))
    await test.store.addSubmissions([submission])
    expect(isOnDisk(saved) && isOnDisk(removed)).toBe(true)
    await test.store.removeSubmission(submission.jobId)
    await test.store.prune(KEEP_NOTHING, 1e12)
    expect([isOnDisk(saved), isOnDisk(removed)]).toEqual([false, false])
  })

  it('is readable by its owner alone', () => {
    expect(statSync(test.directory).mode & 0o077).toBe(0)
  })

  it('that cannot be opened is STORE_UNAVAILABLE, and works when it can be', async () => {
    const broken = createSqliteStore({
      file: path.join(test.directory, 'missing', 'x.db'),
      threadFile: test.threadFile,
    })
    await test.store.check()
    // The folder was made when the store was; a folder in the place of the file cannot be opened as one.
    const blocked = createSqliteStore({ file: test.directory, threadFile: test.threadFile })
    await expect(blocked.check()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 })
    await expect(blocked.getExecution('x')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await blocked.close()
    await broken.check()
    await broken.close()
  })

  it('takes no more once closed', async () => {
    const other = createSqliteStore({ file: test.file, threadFile: test.threadFile })
    await other.check()
    await other.close()
    await other.close()
    await expect(other.check()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})
