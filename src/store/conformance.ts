/** What every store does, whichever database it keeps its records in: one suite, run against each of them. */
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { AnalysisReport } from '../contract/analysis.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { Limits } from '../contract/limits.js'
import type { ExecutionStore } from './execution-store.js'
import type { StoreLimits } from './limits.js'
import type {
  NewSubmission,
  Retention,
  SavedExecution,
  ShareRecord,
  SubmissionHead,
  SubmissionRecord,
} from './records.js'

export interface StoreUnderTest {
  readonly store: ExecutionStore
  /** Another store over the same records, as another process has it, with limits of its own. The suite closes it. */
  reopen(limits?: Partial<StoreLimits>): Promise<ExecutionStore>
  /** Removes every record. */
  clear(): Promise<void>
  dispose(): Promise<void>
}

const LIMITS: Limits = {
  wallTimeMs: 1,
  cpuTimeMs: 2,
  memoryBytes: 3,
  maxProcesses: 4,
  outputBytes: 5,
  fileSizeBytes: 6,
}
export const KEEP_ALL: Retention = {
  submissionMs: Number.MAX_SAFE_INTEGER,
  executionMs: Number.MAX_SAFE_INTEGER,
}
const MEBIBYTE = 2 ** 20

const OWNER = 'owner'

export function requestOf(jobId: string, own: Partial<ExecutionRequest> = {}): ExecutionRequest {
  return {
    jobId,
    language: 'python',
    files: [{ name: 'ü/main.py', content: Uint8Array.from([0, 255, 10]) }],
    entryPoint: 'ü/main.py',
    stdin: Uint8Array.from([0, 128, 13]),
    args: ['', 'ż', '\u{1F600}'],
    limits: { compile: LIMITS, run: LIMITS },
    cpus: 0.5,
    ...own,
  }
}

function withoutBodies(record: SubmissionRecord | undefined): SubmissionHead | undefined {
  if (record === undefined) return undefined
  const { result: _result, analysis: _analysis, ...head } = record
  return head
}

function reportOf(total: number): AnalysisReport {
  return {
    findings: [],
    summary: {
      language: 'python',
      status: 'complete',
      total,
      bySeverity: { critical: 0, high: 0, medium: 0, low: 0 },
      byCategory: {},
      worst: null,
      filesAnalyzed: 1,
      notes: [],
    },
  }
}

export function submissionOf(own: Partial<NewSubmission> = {}): NewSubmission {
  const jobId = own.jobId ?? randomUUID()
  return {
    jobId,
    key: 'secret',
    createdAtMs: 1000,
    request: requestOf(jobId),
    saveMetric: false,
    analyze: false,
    callbackUrl: null,
    ...own,
  }
}

export function resultOf(jobId: string, own: Partial<ExecutionResult> = {}): ExecutionResult {
  const run = {
    stdout: 'out\0ü',
    stderr: 'err',
    output: 'out\0üerr',
    exitCode: 0,
    signal: null,
    stopReason: null,
    truncated: { stdout: false, stderr: true },
    usage: { wallTimeMs: 1.5, cpuTimeMs: 0.25, memoryBytes: 9_543_680 },
  }
  return {
    jobId,
    language: 'python',
    version: '3.13.5',
    status: 'succeeded',
    errorMessage: null,
    compile: null,
    run,
    ...own,
  }
}

export function executionOf(own: Partial<SavedExecution> = {}): SavedExecution {
  return {
    jobId: randomUUID(),
    createdAtMs: 1000,
    userId: 'anonymous',
    projectId: 'default',
    language: 'python',
    version: '3.13.5',
    code: 'print(1)\n',
    output: '1\n\0',
    errorMessage: null,
    status: 'succeeded',
    wallTimeMs: 20,
    cpuTimeMs: 15,
    memoryBytes: 9_000_000,
    ...own,
  }
}

function shareOf(own: Partial<ShareRecord> = {}): ShareRecord {
  return { id: randomUUID(), createdAtMs: 1000, expiresAtMs: 2000, content: { text: 'ü\0' }, ...own }
}

/** Within one per cent, and what rounding adds. */
function expectWithin(value: number | undefined, expected: number): void {
  expect(Math.abs((value ?? 0) - expected) / expected).toBeLessThanOrEqual(0.0101)
}

function longCode(): string {
  return randomBytes(30_000).toString('base64')
}

/** About 110,000 bytes in the store, too. */
const code = (): string => randomBytes(110_000).toString('base64')

function largeSubmission(bytes: number): NewSubmission {
  const jobId = randomUUID()
  const files = [{ name: 'main.py', content: randomBytes(bytes) }]
  return submissionOf({ jobId, request: requestOf(jobId, { files }) })
}

export function testExecutionStore(database: string, make: () => Promise<StoreUnderTest>): void {
  describe(`store ${database}`, () => {
    let underTest: StoreUnderTest
    let store: ExecutionStore

    beforeAll(async () => {
      underTest = await make()
      store = underTest.store
    })
    beforeEach(() => underTest.clear())
    afterAll(() => underTest.dispose())

    const add = async (own: Partial<NewSubmission> = {}): Promise<string> => {
      const submission = submissionOf(own)
      await store.addSubmissions([submission], OWNER)
      return submission.jobId
    }
    const finish = (jobId: string, finishedAtMs = 3000) =>
      store.finishSubmission(jobId, {
        status: 'finished',
        finishedAtMs,
        result: resultOf(jobId),
        analysis: null,
      })

    const withLimits = async (
      limits: Partial<StoreLimits>,
      use: (limited: ExecutionStore) => Promise<unknown>,
    ): Promise<void> => {
      const limited = await underTest.reopen(limits)
      try {
        await use(limited)
      } finally {
        await limited.close()
      }
    }

    describe('submissions', () => {
      it('are kept as they were accepted', async () => {
        const submission = submissionOf({
          callbackUrl: 'https://example.org/x',
          saveMetric: true,
          analyze: true,
        })
        await store.addSubmissions([submission], OWNER)
        const { request, ...rest } = submission
        const whole = await store.getSubmission(submission.jobId)
        expect(await store.getSubmissionHead(submission.jobId)).toEqual(withoutBodies(whole))
        expect(whole).toEqual({
          ...rest,
          language: 'python',
          status: 'queued',
          attempts: 0,
          startedAtMs: null,
          finishedAtMs: null,
          result: null,
          analysis: null,
          callback: { outcome: 'waiting', attempts: 0 },
        })
        expect(await store.getRequest(submission.jobId)).toEqual(request)
      })

      it('keep the tests of their request', async () => {
        const jobId = randomUUID()
        const cases = [{ name: null, stdin: Uint8Array.from([1]), args: ['a'], expectedOutput: 'x' }]
        const request = requestOf(jobId, { tests: { cases, checker: 'exact', stopOnFailure: true } })
        await add({ jobId, request })
        expect(await store.getRequest(jobId)).toEqual(request)
      })

      it('are unknown under any other id', async () => {
        await add()
        expect(await store.getSubmission(randomUUID())).toBeUndefined()
        expect(await store.getSubmissionHead(randomUUID())).toBeUndefined()
        expect(await store.getRequest(randomUUID())).toBeUndefined()
      })

      it('can be added a hundred at once', async () => {
        const many = Array.from({ length: 100 }, () => submissionOf())
        await store.addSubmissions(many, OWNER)
        const found = await Promise.all(many.map(({ jobId }) => store.getSubmission(jobId)))
        expect(found.map((record) => record?.jobId)).toEqual(many.map(({ jobId }) => jobId))
      })

      it('run, count their attempts, and end', async () => {
        const jobId = await add()
        expect(await store.markRunning(jobId, 2000)).toBe(true)
        expect(await store.getSubmission(jobId)).toMatchObject({
          status: 'running',
          startedAtMs: 2000,
          attempts: 1,
        })
        expect(await finish(jobId)).toBe(true)
        expect(await store.getSubmission(jobId)).toMatchObject({
          status: 'finished',
          startedAtMs: 2000,
          finishedAtMs: 3000,
          result: resultOf(jobId),
        })
      })

      it('go back in line with their attempts', async () => {
        const jobId = await add()
        await store.markRunning(jobId, 2000)
        expect(await store.markQueued(jobId)).toBe(true)
        expect(await store.getSubmission(jobId)).toMatchObject({
          status: 'queued',
          startedAtMs: null,
          attempts: 1,
        })
      })

      it('end once, whoever tries', async () => {
        const jobId = await add()
        const endings = await Promise.all(
          Array.from({ length: 8 }, (_, index) => finish(jobId, 3000 + index)),
        )
        expect(endings.filter(Boolean)).toHaveLength(1)
        const record = await store.getSubmission(jobId)
        expect(record?.finishedAtMs).toBe(3000 + endings.indexOf(true))
        expect(await store.markRunning(jobId, 4000)).toBe(false)
        expect(await store.markQueued(jobId)).toBe(false)
        expect(await store.getSubmission(jobId)).toEqual(record)
        expect(await store.getSubmissionHead(jobId)).toEqual(withoutBodies(record))
      })

      it('cannot end when they do not exist', async () => {
        expect(await finish(randomUUID())).toBe(false)
        expect(await store.markRunning(randomUUID(), 1)).toBe(false)
      })

      it('keep a result that is larger than a database likes', async () => {
        const jobId = await add()
        const stdout = randomBytes(9_000_000).toString('base64')
        const result = resultOf(jobId)
        const large = { ...result, run: result.run && { ...result.run, stdout, output: stdout } }
        await store.finishSubmission(jobId, {
          status: 'finished',
          finishedAtMs: 1,
          result: large,
          analysis: null,
        })
        const kept = (await store.getSubmission(jobId))?.result
        expect(kept?.run?.stdout === stdout && kept.run.output === stdout).toBe(true)
      })

      it('get an analysis that came after their end, once', async () => {
        const jobId = await add({ analyze: true })
        await store.addAnalysis(jobId, reportOf(1))
        expect((await store.getSubmission(jobId))?.analysis).toBeNull()
        await finish(jobId)
        await store.addAnalysis(jobId, reportOf(2))
        await store.addAnalysis(jobId, reportOf(3))
        const record = await store.getSubmission(jobId)
        expect(record?.analysis).toEqual(reportOf(2))
        expect(record?.result).toEqual(resultOf(jobId))
        await store.addAnalysis(randomUUID(), reportOf(4))
      })

      it('are forgotten when removed', async () => {
        const jobId = await add()
        await store.removeSubmission(jobId)
        expect(await store.getSubmission(jobId)).toBeUndefined()
        expect(await store.getRequest(jobId)).toBeUndefined()
      })

      it('that have not ended are listed, oldest first, page by page', async () => {
        const jobIds = ['c', 'a', 'd', 'b'].map((letter) => `${letter}-${randomUUID()}`)
        const [c = '', a = '', d = '', b = ''] = jobIds
        await add({ jobId: c, createdAtMs: 2 })
        await add({ jobId: a, createdAtMs: 1 })
        await add({ jobId: d, createdAtMs: 2 })
        await add({ jobId: b, createdAtMs: 2 })
        await store.markRunning(d, 5)
        await finish(b)
        const page = await store.unfinishedSubmissions(2)
        expect(page.map(({ jobId }) => jobId)).toEqual([a, c])
        expect(await store.unfinishedSubmissions(2, page[1])).toEqual([
          { jobId: d, createdAtMs: 2, status: 'running', attempts: 1 },
        ])
      })

      it('are there after a restart', async () => {
        const jobId = await add()
        await finish(jobId)
        const reopened = await underTest.reopen()
        expect(await reopened.getSubmission(jobId)).toEqual(await store.getSubmission(jobId))
        await reopened.close()
      })
    })

    describe('callbacks', () => {
      const callbackUrl = 'https://example.org/hook'

      it('are due when their submission has ended, and not before', async () => {
        const jobId = await add({ callbackUrl })
        await finish(await add())
        expect(await store.claimCallbacks(10_000, 20_000, 10)).toEqual([])
        await finish(jobId, 3000)
        expect(await store.claimCallbacks(2999, 20_000, 10)).toEqual([])
        expect(await store.claimCallbacks(3000, 20_000, 10)).toEqual([
          { jobId, url: callbackUrl, attempts: 1 },
        ])
      })

      it('are given to one claimant, and again when nothing was heard of it', async () => {
        const jobId = await add({ callbackUrl })
        await finish(jobId)
        const claims = await Promise.all([1, 2, 3].map(() => store.claimCallbacks(4000, 9000, 10)))
        expect(claims.flat()).toHaveLength(1)
        expect(await store.claimCallbacks(8999, 9999, 10)).toEqual([])
        expect(await store.claimCallbacks(9000, 9999, 10)).toEqual([{ jobId, url: callbackUrl, attempts: 2 }])
      })

      it('are claimed a few at a time, the longest due first', async () => {
        const jobIds = await Promise.all([1, 2, 3].map(() => add({ callbackUrl })))
        await Promise.all(jobIds.map((jobId, index) => finish(jobId, 5000 - index)))
        const first = await store.claimCallbacks(6000, 9000, 2)
        expect(first.map(({ jobId }) => jobId).toSorted()).toEqual(jobIds.slice(1).toSorted())
        expect(await store.claimCallbacks(6000, 9000, 2)).toHaveLength(1)
      })

      it('come again at the time that was set, and no more once settled', async () => {
        const jobId = await add({ callbackUrl })
        await finish(jobId)
        await store.claimCallbacks(4000, 9000, 10)
        await store.settleCallback(jobId, 'waiting', 5000)
        expect(await store.claimCallbacks(4999, 9000, 10)).toEqual([])
        expect(await store.claimCallbacks(5000, 9000, 10)).toHaveLength(1)
        await store.settleCallback(jobId, 'delivered', null)
        expect(await store.claimCallbacks(1e9, 2e9, 10)).toEqual([])
        expect((await store.getSubmission(jobId))?.callback).toEqual({ outcome: 'delivered', attempts: 2 })
      })
    })

    describe('saved executions', () => {
      it('are kept as they were saved, and once', async () => {
        const execution = executionOf()
        await Promise.all([
          store.saveExecution(execution, { owner: OWNER }),
          store.saveExecution(execution, { owner: OWNER }),
        ])
        expect(await store.getExecution(execution.jobId)).toEqual(execution)
        expect((await store.summarizeExecutions()).total).toBe(1)
        expect(await store.getExecution(randomUUID())).toBeUndefined()
      })

      it('are summed up: none', async () => {
        expect(await store.summarizeExecutions()).toEqual({
          total: 0,
          byStatus: {},
          wallTimeMs: null,
          memoryBytes: null,
          byLanguage: {},
        })
      })

      it('are summed up by verdict and language, with percentiles within one per cent', async () => {
        for (let index = 1; index <= 100; index++) {
          await store.saveExecution(
            executionOf({
              language: index <= 80 ? 'python' : 'go',
              status: index % 10 === 0 ? 'runtime_error' : 'succeeded',
              wallTimeMs: index,
              memoryBytes: index * 1_000_000,
            }),
            { owner: OWNER },
          )
        }
        const summary = await store.summarizeExecutions()
        expect(summary).toMatchObject({
          total: 100,
          byStatus: { succeeded: 90, runtime_error: 10 },
          byLanguage: {
            go: { total: 20, byStatus: { succeeded: 18, runtime_error: 2 } },
            python: { total: 80, byStatus: { succeeded: 72, runtime_error: 8 } },
          },
        })
        expectWithin(summary.wallTimeMs?.p50, 50)
        expectWithin(summary.wallTimeMs?.p90, 90)
        expectWithin(summary.wallTimeMs?.p99, 99)
        expectWithin(summary.memoryBytes?.p95, 95_000_000)
        expectWithin(summary.byLanguage['go']?.wallTimeMs?.p50, 90)
        expectWithin(summary.byLanguage['python']?.memoryBytes?.p99, 80_000_000)
      })
    })

    describe('shares', () => {
      it('are kept until they expire', async () => {
        const share = shareOf()
        await store.addShare(share, OWNER)
        expect(await store.getShare(share.id, 1999)).toEqual(share)
        expect(await store.getShare(share.id, 2000)).toBeUndefined()
        expect(await store.getShare(randomUUID(), 0)).toBeUndefined()
      })
    })

    describe('settings', () => {
      it('keep their first value, whoever comes second', async () => {
        const name = randomUUID()
        const values = await Promise.all(['a', 'b', 'c'].map((value) => store.settingOr(name, value)))
        expect(new Set(values).size).toBe(1)
        expect(await store.settingOr(name, 'd')).toBe(values[0])
      })
    })

    describe('pruning', () => {
      it('deletes what is past its time, and nothing else', async () => {
        const [old, young, running] = [await add(), await add(), await add()]
        await finish(old, 1000)
        await finish(young, 1001)
        await store.markRunning(running, 1)
        const executions = [executionOf({ createdAtMs: 500 }), executionOf({ createdAtMs: 501 })] as const
        for (const execution of executions) await store.saveExecution(execution, { owner: OWNER })
        const shares = [shareOf({ expiresAtMs: 2000 }), shareOf({ expiresAtMs: 2001 })] as const
        for (const share of shares) await store.addShare(share, OWNER)

        const report = await store.prune({ submissionMs: 1000, executionMs: 1500 }, 2000)
        expect(report.deleted).toEqual({ submissions: 1, executions: 1, shares: 1 })
        expect(await store.getSubmission(old)).toBeUndefined()
        expect(await store.getRequest(old)).toBeUndefined()
        expect(await store.getSubmission(young)).toBeDefined()
        expect(await store.getSubmission(running)).toBeDefined()
        expect(await store.getExecution(executions[0].jobId)).toBeUndefined()
        expect(await store.getExecution(executions[1].jobId)).toBeDefined()
        expect((await store.summarizeExecutions()).total).toBe(1)
        expect(await store.getShare(shares[0].id, 0)).toBeUndefined()
        expect(await store.getShare(shares[1].id, 0)).toBeDefined()
      })

      it('deletes the oldest of too many, but nothing that has not ended', async () => {
        const waiting = await add({ createdAtMs: 1 })
        const ended = [await add(), await add(), await add()]
        for (const [index, jobId] of ended.entries()) await finish(jobId, 100 + index)
        const executions = [1, 2, 3, 4].map((createdAtMs) => executionOf({ createdAtMs }))
        for (const execution of executions) await store.saveExecution(execution, { owner: OWNER })
        await withLimits({ maxRecords: 3 }, (limited) => limited.prune(KEEP_ALL, 1000))
        const left = await Promise.all([waiting, ...ended].map((jobId) => store.getSubmission(jobId)))
        expect(left.map((record) => record !== undefined)).toEqual([true, false, true, true])
        expect(await store.getExecution(executions[0]?.jobId ?? '')).toBeUndefined()
        expect((await store.summarizeExecutions()).total).toBe(3)
      })

      it('deletes the oldest when all together take too much room', async () => {
        for (let index = 0; index < 40; index++) {
          await store.saveExecution(
            executionOf({ jobId: `job ${index}`, createdAtMs: index, code: longCode() }),
            { owner: OWNER },
          )
        }
        await withLimits({ maxBytes: MEBIBYTE }, (limited) => limited.prune(KEEP_ALL, 1000))
        const left = (await store.summarizeExecutions()).total
        expect(left).toBeGreaterThan(0)
        expect(left).toBeLessThanOrEqual(MEBIBYTE / 30_000)
        expect(await store.getExecution('job 0')).toBeUndefined()
        expect(await store.getExecution('job 39')).toBeDefined()
      })

      it('takes from who holds most when there is no room, and leaves the little of others', async () => {
        const small = executionOf({ createdAtMs: 1 })
        await store.saveExecution(small, { owner: 'small' })
        for (let index = 0; index < 40; index++) {
          await store.saveExecution(executionOf({ createdAtMs: 100 + index, code: longCode() }), {
            owner: 'large',
          })
        }
        await withLimits({ maxBytes: MEBIBYTE }, (limited) => limited.prune(KEEP_ALL, 1000))
        expect((await store.summarizeExecutions()).total).toBeLessThan(40)
        expect(await store.getExecution(small.jobId)).toEqual(small)
      })

      it('takes from who has most records of a kind when there are too many', async () => {
        const few = executionOf({ createdAtMs: 1 })
        await store.saveExecution(few, { owner: 'few' })
        for (let index = 0; index < 5; index++) {
          await store.saveExecution(executionOf({ createdAtMs: 100 + index }), { owner: 'many' })
        }
        await withLimits({ maxRecords: 3 }, (limited) => limited.prune(KEEP_ALL, 1000))
        expect((await store.summarizeExecutions()).total).toBe(3)
        expect(await store.getExecution(few.jobId)).toEqual(few)
      })

      it('keeps an ended submission past its time for as long as its callback is not settled', async () => {
        const jobId = await add({ callbackUrl: 'https://example.org/hook' })
        await finish(jobId, 1000)
        await store.prune({ ...KEEP_ALL, submissionMs: 1 }, 5000)
        expect(await store.claimCallbacks(5000, 9000, 10)).toHaveLength(1)
        await store.settleCallback(jobId, 'delivered', null)
        const report = await store.prune({ ...KEEP_ALL, submissionMs: 1 }, 5001)
        expect(report.deleted.submissions).toBe(1)
        expect(await store.getSubmission(jobId)).toBeUndefined()
      })

      it('says how much is left', async () => {
        await store.saveExecution(executionOf({ code: longCode() }), { owner: OWNER })
        expect((await store.prune(KEEP_ALL, 1000)).bytes).toBeGreaterThan(30_000)
      })
    })

    describe('what one client may hold', () => {
      it('is its own newest executions and submissions, whatever others hold', async () => {
        const other = executionOf({ createdAtMs: 1 })
        await withLimits({ clientBytes: 300_000 }, async (limited) => {
          await limited.saveExecution(other, { owner: 'other' })
          const executions = [1, 2, 3, 4, 5].map((createdAtMs) =>
            executionOf({ createdAtMs: 10 + createdAtMs, code: code() }),
          )
          for (const execution of executions) await limited.saveExecution(execution, { owner: 'one' })
          const left = await Promise.all(executions.map(({ jobId }) => limited.getExecution(jobId)))
          expect(left.map(Boolean)).toEqual([false, false, false, true, true])
          expect(await limited.getExecution(other.jobId)).toEqual(other)
          expect((await limited.prune(KEEP_ALL, 1000)).deleted).toMatchObject({ executions: 3 })
        })
      })

      it('counts the results of submissions, and never deletes one that has not ended', async () => {
        await withLimits({ clientBytes: 300_000 }, async (limited) => {
          const submissions = [1, 2, 3, 4].map((createdAtMs) => submissionOf({ createdAtMs }))
          for (const submission of submissions) await limited.addSubmissions([submission], 'one')
          for (const { jobId } of submissions.slice(1)) {
            const result = resultOf(jobId, { errorMessage: code() })
            await limited.finishSubmission(jobId, {
              status: 'finished',
              finishedAtMs: 50,
              result,
              analysis: null,
            })
          }
          const left = await Promise.all(submissions.map(({ jobId }) => limited.getSubmission(jobId)))
          expect(left[0]).toMatchObject({ status: 'queued' })
          expect(left.filter(Boolean)).toHaveLength(3)
        })
      })

      it('is not more submissions that have not ended than fit', async () => {
        await withLimits({ clientBytes: 300_000 }, async (limited) => {
          const [first, second, third] = [
            largeSubmission(100_000),
            largeSubmission(100_000),
            largeSubmission(100_000),
          ]
          await limited.addSubmissions([first], 'one')
          await limited.addSubmissions([second], 'one')
          await expect(limited.addSubmissions([third], 'one')).rejects.toMatchObject({
            code: 'CLIENT_STORE_FULL',
          })
          expect(await limited.getSubmission(first.jobId)).toBeDefined()
          expect(await limited.getSubmission(third.jobId)).toBeUndefined()
          await limited.addSubmissions([third], 'other')
        })
      })

      it('is not more shares than fit, and shares that are there stay', async () => {
        await withLimits({ clientShareBytes: 300_000 }, async (limited) => {
          const shares = [1, 2, 3].map(() => shareOf({ content: code() }))
          const [first, second, third] = shares as [ShareRecord, ShareRecord, ShareRecord]
          await limited.addShare(first, 'one')
          await limited.addShare(second, 'one')
          await expect(limited.addShare(third, 'one')).rejects.toMatchObject({ code: 'CLIENT_STORE_FULL' })
          expect(await limited.getShare(third.id, 1500)).toBeUndefined()
          expect(await limited.getShare(first.id, 1500)).toEqual(first)
          await limited.addShare(third, 'other')
          await limited.prune(KEEP_ALL, 2000)
          await limited.addShare(shareOf({ content: code() }), 'one')
        })
      })

      it('is given back by what is gone', async () => {
        await withLimits({ clientBytes: 300_000 }, async (limited) => {
          for (let index = 0; index < 5; index++) {
            const submission = largeSubmission(200_000)
            await expect(limited.addSubmissions([submission], 'one')).resolves.toBeUndefined()
            await limited.removeSubmission(submission.jobId)
          }
        })
      })
    })

    describe('a burst of writes between two prunes', () => {
      it('makes room for itself, and is refused what can never fit', async () => {
        await withLimits({ maxBytes: 4 * MEBIBYTE }, async (limited) => {
          for (let index = 0; index < 60; index++) {
            await limited.saveExecution(
              executionOf({ createdAtMs: index, code: randomBytes(150_000).toString('base64') }),
              { owner: OWNER },
            )
          }
          const { total } = await limited.summarizeExecutions()
          expect(total).toBeGreaterThan(5)
          expect(total).toBeLessThanOrEqual(28)
          const huge = executionOf({ code: randomBytes(4 * MEBIBYTE).toString('base64') })
          await expect(limited.saveExecution(huge, { owner: OWNER })).rejects.toMatchObject({
            code: 'PAYLOAD_TOO_LARGE',
          })
          expect((await limited.summarizeExecutions()).total).toBe(total)
        })
      })

      it('leaves shares and refuses more of them than their part', async () => {
        await withLimits({ maxBytes: 4 * MEBIBYTE }, async (limited) => {
          const content = randomBytes(150_000).toString('base64')
          const shares: ShareRecord[] = []
          const refused: unknown[] = []
          for (let index = 0; index < 30; index++) {
            const share = shareOf({ content })
            await limited.addShare(share, `owner ${index}`).then(
              () => shares.push(share),
              (error: unknown) => refused.push(error),
            )
          }
          expect(shares.length).toBeGreaterThan(5)
          expect(refused[0]).toMatchObject({ code: 'STORE_FULL', status: 503 })
          for (let index = 0; index < 30; index++) {
            await limited.saveExecution(executionOf({ createdAtMs: index, code: content }), { owner: OWNER })
          }
          const left = await Promise.all(shares.map(({ id }) => limited.getShare(id, 1500)))
          expect(left.every(Boolean)).toBe(true)
        })
      })
    })

    it('says that it can be used', async () => {
      await expect(store.check()).resolves.toBeUndefined()
    })
  })
}
