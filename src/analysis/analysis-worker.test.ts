import { describe, expect, it } from 'vitest'
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import { ServiceError } from '../contract/errors.js'
import type { AnalysisJob, AnalysisJobs } from './analysis-worker.js'
import { startAnalysisWorker } from './analysis-worker.js'
import { analyzeInBackground } from './analyze-in-background.js'
import type { Analyzer } from './analyzer.js'
import { emptyReport } from './engine/report.js'

const request = (language: string): AnalysisRequest => ({ language, entryPoint: 'm', files: [] })
const report = (language: string): AnalysisReport => emptyReport(language, 'complete', [])

const analyzer: Analyzer = {
  analyze: ({ language }) => Promise.resolve(report(language)),
  close: () => Promise.resolve(),
}

/** Jobs for some languages, in order, and what came of them. */
class FakeJobs implements AnalysisJobs {
  readonly finished: AnalysisReport[] = []
  readonly #waiting: string[]
  #allFinished: () => void = () => {}
  readonly allFinished: Promise<void>

  constructor(languages: readonly string[]) {
    this.#waiting = [...languages]
    this.allFinished = new Promise((resolve) => {
      this.#allFinished = resolve
    })
  }

  take(signal: AbortSignal): Promise<AnalysisJob | undefined> {
    const language = this.#waiting.shift()
    if (language === undefined) {
      return new Promise((resolve) => {
        if (signal.aborted) resolve(undefined)
        signal.addEventListener('abort', () => resolve(undefined))
      })
    }
    if (language === 'broken connection') return Promise.reject(new Error(language))
    return Promise.resolve({
      request: request(language),
      clientKey: 'a',
      finish: (result) => {
        this.finished.push(result)
        if (this.#waiting.length === 0) this.#allFinished()
        return Promise.resolve()
      },
    })
  }
}

describe('the analysis worker', () => {
  it('finishes every job with its own report, and drains', async () => {
    const jobs = new FakeJobs(['python', 'go', 'c'])
    const worker = startAnalysisWorker({ jobs, analyzer, concurrency: 2, onError: () => {} })
    await jobs.allFinished
    await worker.drain()
    expect(jobs.finished.map(({ summary }) => summary.language).toSorted()).toEqual(['c', 'go', 'python'])
  })

  it('goes on after it could not take a job', async () => {
    const errors: unknown[] = []
    const jobs = new FakeJobs(['broken connection', 'python'])
    const worker = startAnalysisWorker({
      jobs,
      analyzer,
      concurrency: 1,
      retryMs: 1,
      onError: (error) => errors.push(error),
    })
    await jobs.allFinished
    await worker.drain()
    expect(errors).toEqual([new Error('broken connection')])
    expect(jobs.finished).toEqual([report('python')])
  })

  it('drains at once while it waits to try again', async () => {
    const jobs = new FakeJobs(['broken connection'])
    const failing = new Promise<void>((resolve) => {
      const worker = startAnalysisWorker({
        jobs,
        analyzer,
        concurrency: 1,
        retryMs: 1e9,
        onError: () => resolve(worker.drain()),
      })
    })
    await failing
    expect(jobs.finished).toEqual([])
  })
})

describe('analysis in the background', () => {
  it('gives the report', async () => {
    expect(await analyzeInBackground(analyzer, request('python'), 'a')).toEqual(report('python'))
  })

  it('never rejects: a refusal is a failed analysis', async () => {
    const busy: Analyzer = {
      ...analyzer,
      analyze: () => Promise.reject(new ServiceError('QUEUE_FULL', 'Too many analyses are waiting.')),
    }
    const { findings, summary } = await analyzeInBackground(busy, request('python'), 'a')
    expect(findings).toEqual([])
    expect(summary).toMatchObject({
      language: 'python',
      status: 'failed',
      notes: ['The code was not analyzed. Too many analyses are waiting.'],
    })
  })
})
