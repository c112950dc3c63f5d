/**
 * The guard: a small process that stays root and starts supervisors, so that this one need not be root
 * (native/src/guard.h). One supervisor at a time; each has a socket of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import os from 'node:os'
import { createInterface } from 'node:readline'

export interface GuardOptions {
  /** Path of the supervisor program. */
  readonly program: string
  /** Sandboxes that may run at once. */
  readonly slots: number
  /** How many of them may hold sandboxes made ahead. */
  readonly standby: number
  /** Longest that programs are made by the same fork server. */
  readonly renewalMs: number
  /** Programs of slot N run as this uid and gid plus N. */
  readonly firstUid: number
  /** Receives the supervisor's own messages, one line each. */
  readonly log: (line: string) => void
}

/** One supervisor, from its start to its end. */
export interface SupervisorRun {
  /** Rejects where there is nobody to connect to; `ended` then says why. */
  readonly socket: Promise<Socket>
  /** How it ended, as a sentence. */
  readonly ended: Promise<string>
  kill(): void
}

const KILL = 'k'

export class SupervisorGuard {
  readonly #process: ChildProcess
  readonly #control: Socket
  readonly #address: Promise<string>
  readonly #ended: Promise<void>
  readonly #log: (line: string) => void
  #lastLine = ''
  #end: ((how: string) => void) | undefined
  #problem: string | undefined

  constructor({ program, slots, firstUid, standby, renewalMs, log }: GuardOptions) {
    this.#log = log
    // A session of its own: Ctrl-C at the service's terminal starts its drain and must not end sandboxes before it.
    // An empty environment: nothing of the service's own is there to be found.
    this.#process = spawn(program, [slots, firstUid, standby, secondsOf(renewalMs)].map(String), {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: {},
      detached: true,
    })
    this.#control = this.#process.stdio[3] as Socket
    this.#control.on('error', () => {})
    this.#address = once(createInterface({ input: this.#control }), 'line').then(
      ([line]) => `\0${line as string}`,
    )
    this.#address.catch(() => {})
    createInterface({ input: this.#process.stderr! }).on('line', (line) => this.#hear(line))
    this.#ended = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        this.#fail(signal ? `was ended by ${signal}` : `ended with code ${code}`)
        resolve()
      })
      this.#process.once('error', (cause) => {
        this.#fail(`could not be started: ${cause.message}`)
        resolve()
      })
    })
  }

  /** Resolves when the guard has ended, and its supervisor with it. */
  get ended(): Promise<void> {
    return this.#ended
  }

  get hasEnded(): boolean {
    return this.#problem !== undefined
  }

  /** Starts a supervisor; only to be called when the one before has ended. */
  start(): SupervisorRun {
    this.#lastLine = ''
    const ended = new Promise<string>((resolve) => {
      if (this.#problem === undefined) this.#end = resolve
      else resolve(this.#problem)
    })
    return {
      socket: this.#address.then((path) => connect({ path })),
      ended,
      kill: () => this.#control.write(KILL),
    }
  }

  /** Ends it once its supervisor has ended. */
  async close(): Promise<void> {
    this.#control.end()
    await this.#ended
  }

  #hear(line: string): void {
    const [, kind, number] = /^codeexec-guard: (exit|signal) (\d+)$/u.exec(line) ?? []
    if (kind === 'exit') this.#report(`ended with code ${number}`)
    else if (kind === 'signal') this.#report(`was ended by ${signalName(Number(number))}`)
    else {
      this.#lastLine = line.replace(/^codeexec-supervisor: /u, '')
      this.#log(this.#lastLine)
    }
  }

  #report(how: string): void {
    this.#end?.(`the supervisor ${how}${this.#lastLine ? `: ${this.#lastLine}` : ''}`)
    this.#end = undefined
  }

  /** The guard itself has ended. */
  #fail(how: string): void {
    this.#report(how)
    this.#problem ??= `the supervisor ${how}${this.#lastLine ? `: ${this.#lastLine}` : ''}`
  }
}

/** What the supervisor takes: from a second to a day. */
function secondsOf(milliseconds: number): number {
  return Math.min(86_400, Math.max(1, Math.round(milliseconds / 1000)))
}

function signalName(number: number): string {
  return Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
