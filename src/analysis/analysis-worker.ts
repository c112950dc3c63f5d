/**
 * The analysis role when it runs apart from the api: takes jobs from wherever they wait, gives reports back. Where they
 * wait is behind `AnalysisJobs`, so that this knows no Redis; `main` brings the two together.
 */
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import { analyzeInBackground } from './analyze-in-background.js'
import type { Analyzer } from './analyzer.js'

export interface AnalysisJob {
  readonly request: AnalysisRequest
  readonly clientKey: string
  /** Keeps the report where whoever asked will find it. A rejection leaves the job to be given out again. */
  finish(report: AnalysisReport): Promise<void>
}

/** Jobs that wait, in memory or in Redis. */
export interface AnalysisJobs {
  /** The next job, when there is one; undefined when the signal aborts. A job taken is leased, not gone. */
  take(signal: AbortSignal): Promise<AnalysisJob | undefined>
}

export interface AnalysisWorkerOptions {
  readonly jobs: AnalysisJobs
  readonly analyzer: Analyzer
  /** Jobs at once; more than the analyzer has processes only waits there instead of here. */
  readonly concurrency: number
  /** Told what kept a job from being taken or finished. For the log. */
  readonly onError: (error: unknown) => void
  /** Time between a failed try to take a job and the next. */
  readonly retryMs?: number
}

export interface AnalysisWorker {
  /** Takes no new job; resolves when those it has are finished. */
  drain(): Promise<void>
}

/** Starts taking jobs. */
export function startAnalysisWorker(options: AnalysisWorkerOptions): AnalysisWorker {
  const stopping = new AbortController()
  const lanes = Array.from({ length: options.concurrency }, () => workThrough(options, stopping.signal))
  return {
    async drain() {
      stopping.abort()
      await Promise.all(lanes)
    },
  }
}

async function workThrough(options: AnalysisWorkerOptions, signal: AbortSignal): Promise<void> {
  const { jobs, analyzer, onError, retryMs = 1_000 } = options
  while (!signal.aborted) {
    try {
      const job = await jobs.take(signal)
      if (job) await job.finish(await analyzeInBackground(analyzer, job.request, job.clientKey))
    } catch (error) {
      onError(error)
      await pause(retryMs, signal)
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
