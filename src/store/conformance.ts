/** What every store does, whichever database it keeps its records in: one suite, run against each of them. */
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { AnalysisReport } from '../contract/analysis.js'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { Limits } from '../contract/limits.js'
import type { ExecutionStore } from './execution-store.js'
import type { NewSubmission, Retention, SavedExecution, ShareRecord } from './records.js'

export interface StoreUnderTest {
  readonly store: ExecutionStore
  /** Another store over the same records, as another process has it. The suite closes it. */
  reopen(): Promise<ExecutionStore>
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
const KEEP_ALL: Retention = {
  submissionMs: Number.MAX_SAFE_INTEGER,
  executionMs: Number.MAX_SAFE_INTEGER,
  maxRecords: Number.MAX_SAFE_INTEGER,
  maxBytes: Number.MAX_SAFE_INTEGER,
}

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
      await store.addSubmissions([submission])
      return submission.jobId
    }
    const finish = (jobId: string, finishedAtMs = 3000) =>
      store.finishSubmission(jobId, {
        status: 'finished',
        finishedAtMs,
        result: resultOf(jobId),
        analysis: null,
      })

    describe('submissions', () => {
      it('are kept as they were accepted', async () => {
        const submission = submissionOf({
          callbackUrl: 'https://example.org/x',
          saveMetric: true,
          analyze: true,
        })
        await store.addSubmissions([submission])
        const { request, ...rest } = submission
        expect(await store.getSubmission(submission.jobId)).toEqual({
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
        expect(await store.getRequest(randomUUID())).toBeUndefined()
      })

      it('can be added a hundred at once', async () => {
        const many = Array.from({ length: 100 }, () => submissionOf())
        await store.addSubmissions(many)
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
        await Promise.all([store.saveExecution(execution), store.saveExecution(execution)])
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
        await store.addShare(share)
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
        for (const execution of executions) await store.saveExecution(execution)
        const shares = [shareOf({ expiresAtMs: 2000 }), shareOf({ expiresAtMs: 2001 })] as const
        for (const share of shares) await store.addShare(share)

        const report = await store.prune({ ...KEEP_ALL, submissionMs: 1000, executionMs: 1500 }, 2000)
        expect(report).toEqual({ submissions: 1, executions: 1, shares: 1 })
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
        for (const execution of executions) await store.saveExecution(execution)
        await store.prune({ ...KEEP_ALL, maxRecords: 3 }, 1000)
        const left = await Promise.all([waiting, ...ended].map((jobId) => store.getSubmission(jobId)))
        expect(left.map((record) => record !== undefined)).toEqual([true, false, true, true])
        expect(await store.getExecution(executions[0]?.jobId ?? '')).toBeUndefined()
        expect((await store.summarizeExecutions()).total).toBe(3)
      })

      it('deletes the oldest when all together take too much room', async () => {
        for (let index = 0; index < 40; index++) {
          await store.saveExecution(
            executionOf({ jobId: `job ${index}`, createdAtMs: index, code: longCode() }),
          )
        }
        await store.prune({ ...KEEP_ALL, maxBytes: 800_000 }, 1000)
        const left = (await store.summarizeExecutions()).total
        expect(left).toBeGreaterThan(0)
        expect(left).toBeLessThanOrEqual(800_000 / 30_000)
        expect(await store.getExecution('job 0')).toBeUndefined()
        expect(await store.getExecution('job 39')).toBeDefined()
      })
    })

    it('says that it can be used', async () => {
      await expect(store.check()).resolves.toBeUndefined()
    })
  })
}
