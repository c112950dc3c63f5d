/** One analysis process as its parent sees it: started, given one order at a time, killed when it takes too long. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { AnalysisReport } from '../../contract/analysis.js'
import type { AnalysisOrder, ProcessMessage, ProcessOptions } from './protocol.js'

export interface AnalysisProcessOptions extends ProcessOptions {
  /** Compiled main.ts. */
  readonly entry: string
  /** Memory of its JavaScript heap. */
  readonly heapBytes: number
  /** Time from order to report, its own deadline included; then it is killed. */
  readonly killAfterMs: number
  /** Time for it to start. */
  readonly startMs: number
}

/** The process ended before it answered. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded'
  /** Whether it had begun; if not, the order is not to blame and may be given to another process. */
  readonly hadBegun: boolean

  constructor(why: string, hadBegun: boolean) {
    super(why)
    this.hadBegun = hadBegun
  }
}

export class AnalysisProcess {
  readonly #child: ChildProcess
  readonly #options: AnalysisProcessOptions
  readonly #ended: Promise<string>
  #hasEnded = false
  #hasBegun = false
  #why: string | undefined

  /** Starts a process; `ready` tells when it can work. */
  constructor(options: AnalysisProcessOptions) {
    const { entry, heapBytes, bounds, parserBytes, confinement } = options
    this.#options = options
    this.#child = fork(
      entry,
      [JSON.stringify({ bounds, parserBytes, confinement } satisfies ProcessOptions)],
      {
        execArgv: [`--max-old-space-size=${Math.ceil(heapBytes / 1024 / 1024)}`],
        // Nothing of the service's environment: it holds secrets.
        env: {},
        cwd: '/',
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      },
    )
    this.#ended = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#hasEnded = true
        resolve(this.#why ?? why)
      }
      this.#child.once('exit', (code, signal) => end(signal ? `ended by ${signal}` : `exit code ${code}`))
      this.#child.once('error', (error) => end(error.message))
    })
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  async ready(): Promise<void> {
    await this.#next(({ type }) => type === 'ready', this.#options.startMs)
  }

  /** The report for an order. Rejects with ProcessEnded when the process ends, or is killed, before. */
  async run(order: AnalysisOrder): Promise<AnalysisReport> {
    this.#hasBegun = false
    const answer = this.#next((message) => {
      if (message.type === 'taken' && message.id === order.id) this.#hasBegun = true
      return message.type === 'report' && message.id === order.id
    }, this.#options.killAfterMs)
    // A process that is gone cannot be sent to; its exit is what rejects.
    this.#child.send(order, () => {})
    const message = await answer
    if (message.type !== 'report') throw new Error(`Unexpected ${message.type}`)
    return message.report
  }

  /** Lets the program end while this process is idle. */
  unref(): void {
    this.#child.unref()
    this.#child.channel?.unref()
  }

  ref(): void {
    this.#child.ref()
    this.#child.channel?.ref()
  }

  /** Kills it; resolves when it is gone. */
  async end(why: string): Promise<void> {
    this.#why ??= why
    this.ref()
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  async #next(wanted: (message: ProcessMessage) => boolean, timeMs: number): Promise<ProcessMessage> {
    let onMessage: ((message: unknown) => void) | undefined
    const timer = setTimeout(() => {
      this.#hasBegun = true
      void this.end(`no answer in ${timeMs} ms`)
    }, timeMs)
    try {
      return await Promise.race([
        new Promise<ProcessMessage>((resolve) => {
          onMessage = (message) => {
            if (wanted(message as ProcessMessage)) resolve(message as ProcessMessage)
          }
          this.#child.on('message', onMessage)
        }),
        this.#ended.then((why) => {
          throw new ProcessEnded(why, this.#hasBegun)
        }),
      ])
    } finally {
      clearTimeout(timer)
      if (onMessage) this.#child.off('message', onMessage)
    }
  }
}
