/**
 * The analyzer that a service uses: parsing happens in processes of its own.
 *
 * Why not in threads: the grammars run as WebAssembly, which a crafted source cannot break out of, but V8 itself ends
 * the whole process when it runs out of memory while compiling or growing WebAssembly, and a thread has no priority,
 * user or kill of its own. A process is started on the first analysis, kept, and ended when it has been idle.
 */
import { fileURLToPath } from 'node:url'
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import { ServiceError } from '../contract/errors.js'
import { CONFINEMENT_MODULE } from '../confinement/confinement.js'
import { FairLine } from '../queue/fair-line.js'
import type { AnalysisOptions, Analyzer } from './analyzer.js'
import type { AnalysisBounds } from './engine/bounds.js'
import { DEFAULT_BOUNDS } from './engine/bounds.js'
import { emptyReport } from './engine/report.js'
import type { SelectedSources } from './engine/select-sources.js'
import { selectSources } from './engine/select-sources.js'
import type { AnalysisProcessOptions } from './process/analysis-process.js'
import { AnalysisProcess, ProcessEnded } from './process/analysis-process.js'

const MIB = 1024 * 1024

export interface ProcessAnalyzerOptions {
  /** Analyses at once. */
  readonly processes?: number
  /** Analyses waiting; more are refused with QUEUE_FULL. One client may have half of what is free. */
  readonly maxWaiting?: number
  readonly bounds?: AnalysisBounds
  /** After this long without work a process is ended, to give its memory back. */
  readonly idleMs?: number
  readonly heapBytes?: number
  readonly parserBytes?: number
  readonly killAfterMs?: number
  /** Compiled entry of the process, where it does not lie beside this file. */
  readonly entry?: string
  /** The native module that confines the process, where it is not this project's own. */
  readonly confinement?: string
  /** Told when a process ended in the middle of an analysis, and why. For the log. */
  readonly onProcessEnded?: (why: string) => void
}

interface Job {
  readonly language: string
  readonly selected: SelectedSources
  /** It waits no more. */
  readonly onTaken: () => void
  readonly resolve: (report: AnalysisReport) => void
}

/** Makes an analyzer that starts nothing until it is asked for something. */
export function createProcessAnalyzer(options: ProcessAnalyzerOptions = {}): Analyzer {
  return new ProcessAnalyzer(options)
}

class ProcessAnalyzer implements Analyzer {
  readonly #processOptions: AnalysisProcessOptions
  readonly #maxWaiting: number
  readonly #idleMs: number
  readonly #onProcessEnded: ((why: string) => void) | undefined
  readonly #workers: Worker[]
  readonly #waiting = new FairLine<Job>()
  #nextId = 1
  #isClosed = false

  constructor(options: ProcessAnalyzerOptions) {
    const bounds = options.bounds ?? DEFAULT_BOUNDS
    this.#processOptions = {
      entry: options.entry ?? fileURLToPath(new URL('process/main.js', import.meta.url)),
      bounds,
      heapBytes: options.heapBytes ?? 256 * MIB,
      parserBytes: options.parserBytes ?? 192 * MIB,
      confinement: options.confinement ?? CONFINEMENT_MODULE,
      killAfterMs: options.killAfterMs ?? bounds.timeMs + 3_000,
      startMs: 30_000,
    }
    this.#maxWaiting = options.maxWaiting ?? 64
    this.#idleMs = options.idleMs ?? 60_000
    this.#onProcessEnded = options.onProcessEnded
    this.#workers = Array.from({ length: options.processes ?? 1 }, () => new Worker())
  }

  async analyze(
    request: AnalysisRequest,
    { clientKey = '', signal }: AnalysisOptions = {},
  ): Promise<AnalysisReport> {
    if (this.#isClosed)
      throw new ServiceError('SHUTTING_DOWN', 'The service is stopping and analyzes nothing new.')
    // Rules of all languages: only where somebody asks for an analysis.
    const { analyzedLanguage } = await import('./languages/index.js')
    signal?.throwIfAborted()
    if (this.#isClosed) return failed(request, 'the service was stopped')
    const language = analyzedLanguage(request.language)
    if (!language) {
      const note = `There is no grammar for ${request.language}, so the code was not analyzed.`
      return emptyReport(request.language, 'unsupported', [note])
    }
    const selected = selectSources(request, language, this.#processOptions.bounds.sourceBytes)
    if (selected.sources.length === 0) {
      return emptyReport(language.id, selected.notes.length > 0 ? 'partial' : 'complete', selected.notes)
    }
    // As many as are left to the others: whoever comes next still finds room.
    if (this.#waiting.lengthOf(clientKey) >= this.#maxWaiting - this.#waiting.length) {
      throw new ServiceError('QUEUE_FULL', 'Too many analyses are waiting; try again in a moment.', {
        retryAfterSeconds: 2,
      })
    }
    return this.#enqueue({ language: language.id, selected }, clientKey, signal)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (let job = this.#waiting.take(); job !== undefined; job = this.#waiting.take())
      job.resolve(failed(job, 'the service was stopped'))
    await Promise.all(this.#workers.map((worker) => worker.end('the service was stopped')))
  }

  #enqueue(
    order: Pick<Job, 'language' | 'selected'>,
    clientKey: string,
    signal: AbortSignal | undefined,
  ): Promise<AnalysisReport> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.leave(place)
        reject(signal?.reason as Error)
      }
      const onTaken = (): void => signal?.removeEventListener('abort', leave)
      const place = this.#waiting.join(clientKey, { ...order, onTaken, resolve })
      signal?.addEventListener('abort', leave, { once: true })
      this.#startNext()
    })
  }

  #startNext(): void {
    const worker = this.#workers.find(({ isBusy }) => !isBusy)
    const job = worker && this.#waiting.take()
    if (worker === undefined || job === undefined) return
    job.onTaken()
    void this.#run(worker, job)
  }

  async #run(worker: Worker, job: Job): Promise<void> {
    try {
      const order = { id: this.#nextId++, language: job.language, selected: job.selected }
      job.resolve(await worker.use(this.#processOptions, this.#idleMs, (process) => process.run(order)))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#onProcessEnded?.(why)
      job.resolve(
        failed(job, error instanceof ProcessEnded ? 'it took too much time or memory' : 'the parser failed'),
      )
    }
    this.#startNext()
  }
}

function failed(job: Pick<Job, 'language'>, why: string): AnalysisReport {
  return emptyReport(job.language, 'failed', [`The code was not analyzed: ${why}.`])
}

/** A place for one process: started when needed, replaced when it died, ended when idle. */
class Worker {
  isBusy = false
  #process: AnalysisProcess | undefined
  #idleTimer: NodeJS.Timeout | undefined

  async use<T>(
    options: AnalysisProcessOptions,
    idleMs: number,
    work: (process: AnalysisProcess) => Promise<T>,
  ): Promise<T> {
    this.isBusy = true
    clearTimeout(this.#idleTimer)
    try {
      const known = this.#process
      if (known && !known.hasEnded) {
        try {
          known.ref()
          return await work(known)
        } catch (error) {
          // It died while it was idle, and the news had not come yet.
          if (!(error instanceof ProcessEnded) || error.hadBegun) throw error
        }
      }
      this.#process = new AnalysisProcess(options)
      await this.#process.ready()
      return await work(this.#process)
    } finally {
      this.isBusy = false
      this.#process?.unref()
      this.#idleTimer = setTimeout(() => void this.end('it was idle'), idleMs).unref()
    }
  }

  async end(why: string): Promise<void> {
    clearTimeout(this.#idleTimer)
    const process = this.#process
    this.#process = undefined
    await process?.end(why)
  }
}
