import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executionOf, resultOf, submissionOf, testExecutionStore } from './conformance.js'
import { AMPLE } from './limits.js'
import { claimDatabase } from './sqlite-claim.js'
import { createSqliteStore } from './sqlite.js'
import { openTestStore } from './test-support.js'
import type { TestStore } from './test-support.js'

testExecutionStore('sqlite', async () => {
  const { store, file, threadFile, dispose } = await openTestStore()
  return {
    store,
    reopen: (limits) =>
      Promise.resolve(createSqliteStore({ file, limits: { ...AMPLE, ...limits }, threadFile })),
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
  const KEEP_NOTHING = { submissionMs: 1, executionMs: 1 }

  it('shrinks when records are pruned', async () => {
    for (let index = 0; index < 50; index++) {
      await test.store.saveExecution(executionOf({ code: randomBytes(60_000).toString('base64') }), {
        owner: 'owner',
      })
    }
    const before = bytesOnDisk()
    await test.store.prune(KEEP_NOTHING, 1e12)
    expect(before).toBeGreaterThan(2_000_000)
    expect(bytesOnDisk()).toBeLessThan(300_000)
  })

  it('holds nothing of what was pruned or removed', async () => {
    const [saved, removed] = ['canary-of-an-execution', 'canary-of-a-submission']
    const submission = submissionOf({ callbackUrl: `https://example.org/${removed}` })
    await test.store.saveExecution(executionOf({ code: saved }), { owner: 'owner' })
    await test.store.addSubmissions([submission], 'owner')
    expect(isOnDisk(saved) && isOnDisk(removed)).toBe(true)
    await test.store.removeSubmission(submission.jobId)
    await test.store.prune(KEEP_NOTHING, 1e12)
    expect([isOnDisk(saved), isOnDisk(removed)]).toEqual([false, false])
  })

  const modes = (): readonly number[] => filesOnDisk().map((file) => statSync(file).mode & 0o777)

  it('is readable by its owner alone, whatever the umask', async () => {
    const umask = process.umask(0)
    try {
      const directory = path.join(test.directory, 'new')
      const file = path.join(directory, 'codeexec.db')
      const store = createSqliteStore({ file, limits: AMPLE, threadFile: test.threadFile })
      await store.saveExecution(executionOf(), { owner: 'owner' })
      const claim = claimDatabase(directory)
      const files = readdirSync(directory).toSorted()
      expect(files).toEqual(expect.arrayContaining(['claim.db', 'codeexec.db', 'codeexec.db-wal']))
      expect(files.map((name) => statSync(path.join(directory, name)).mode & 0o777)).toEqual(
        files.map(() => 0o600),
      )
      expect(statSync(directory).mode & 0o777).toBe(0o700)
      claim?.release()
      await store.close()
    } finally {
      process.umask(umask)
    }
  })

  it('is taken from others where it and its folder were readable', async () => {
    await test.store.saveExecution(executionOf(), { owner: 'owner' })
    for (const file of filesOnDisk()) chmodSync(file, 0o644)
    chmodSync(test.directory, 0o755)
    const other = createSqliteStore({ file: test.file, limits: AMPLE, threadFile: test.threadFile })
    await other.check()
    expect(modes()).toEqual(filesOnDisk().map(() => 0o600))
    expect(statSync(test.directory).mode & 0o777).toBe(0o700)
    await other.close()
  })

  it('leaves the mode of a folder that others use too', async () => {
    await test.store.check()
    writeFileSync(path.join(test.directory, 'of-another-program'), '')
    chmodSync(test.directory, 0o755)
    const other = createSqliteStore({ file: test.file, limits: AMPLE, threadFile: test.threadFile })
    await other.check()
    expect(statSync(test.directory).mode & 0o777).toBe(0o755)
    await other.close()
  })

  it('never takes more than its room on the disk, its log included, whatever is written at once', async () => {
    const maxBytes = 8 * 2 ** 20
    const limits = { ...AMPLE, maxBytes }
    const store = createSqliteStore({ file: test.file, limits, threadFile: test.threadFile })
    await store.check()
    const sizes: number[] = []
    for (let round = 0; round < 6; round++) {
      const written = Array.from({ length: 10 }, async (_, index) => {
        const code = randomBytes(100_000 + 97_000 * (index % 5)).toString('base64')
        await store.saveExecution(executionOf({ createdAtMs: round, code }), { owner: `owner ${index}` })
        sizes.push(bytesOnDisk())
      })
      const submission = submissionOf({ createdAtMs: round })
      await Promise.all([...written, store.addSubmissions([submission], 'owner')])
      await store.finishSubmission(submission.jobId, {
        status: 'finished',
        finishedAtMs: round,
        result: resultOf(submission.jobId, { errorMessage: randomBytes(900_000).toString('base64') }),
        analysis: null,
      })
      sizes.push(bytesOnDisk())
    }
    await store.prune({ submissionMs: 1e12, executionMs: 1e12 }, 10)
    sizes.push(bytesOnDisk())
    expect(Math.max(...sizes)).toBeLessThanOrEqual(maxBytes)
    // It is used, too.
    expect(Math.max(...sizes)).toBeGreaterThan(maxBytes / 2)
    await store.close()
    // Some 70 waits for the disk, however busy it is.
  }, 60_000)

  it('shrinks to a smaller room that it is given on a restart', async () => {
    for (let index = 0; index < 40; index++) {
      const code = randomBytes(200_000).toString('base64')
      await test.store.saveExecution(executionOf({ createdAtMs: index, code }), { owner: 'owner' })
    }
    await test.store.close()
    const maxBytes = 4 * 2 ** 20
    expect(bytesOnDisk()).toBeGreaterThan(maxBytes)
    const limits = { ...AMPLE, maxBytes }
    const store = createSqliteStore({ file: test.file, limits, threadFile: test.threadFile })
    await store.prune({ submissionMs: 1e12, executionMs: 1e12 }, 10)
    expect(bytesOnDisk()).toBeLessThanOrEqual(maxBytes)
    expect((await store.summarizeExecutions()).total).toBeGreaterThan(3)
    await store.close()
  })

  it('from before records had owners is pruned like any other', async () => {
    const executions = [1, 2, 3].map((createdAtMs) => executionOf({ createdAtMs }))
    for (const execution of executions) await test.store.saveExecution(execution, { owner: 'owner' })
    await test.store.close()
    const database = new Database(test.file)
    database.exec('DROP TABLE holdings; DROP TABLE holders')
    database.close()
    const store = createSqliteStore({
      file: test.file,
      limits: { ...AMPLE, maxRecords: 2 },
      threadFile: test.threadFile,
    })
    const report = await store.prune({ submissionMs: 1e12, executionMs: 1e12 }, 10)
    expect(report.deleted.executions).toBe(1)
    const past = await store.prune({ submissionMs: 1, executionMs: 1 }, 10)
    expect(past.deleted.executions).toBe(2)
    await store.close()
  })

  it('that cannot be opened is STORE_UNAVAILABLE, and works when it can be', async () => {
    const broken = createSqliteStore({
      file: path.join(test.directory, 'missing', 'x.db'),
      limits: AMPLE,
      threadFile: test.threadFile,
    })
    await test.store.check()
    // The folder was made when the store was; a folder in the place of the file cannot be opened as one.
    const blocked = createSqliteStore({ file: test.directory, limits: AMPLE, threadFile: test.threadFile })
    await expect(blocked.check()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 })
    await expect(blocked.getExecution('x')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await blocked.close()
    await broken.check()
    await broken.close()
  })

  it('takes no more once closed', async () => {
    const other = createSqliteStore({ file: test.file, limits: AMPLE, threadFile: test.threadFile })
    await other.check()
    await other.close()
    await other.close()
    await expect(other.check()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})
