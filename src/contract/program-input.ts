/** What a client says to a running program. Plain data, so that it can travel between machines. */

/** Signals a client may send. The wire contract names them as the kernel does. */
export const CLIENT_SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGABRT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGWINCH',
] as const

export type ClientSignal = (typeof CLIENT_SIGNALS)[number]

/** Size of a terminal in characters. */
export interface TerminalCells {
  readonly cols: number
  readonly rows: number
}

export type ProgramInput =
  | { readonly type: 'stdin'; readonly data: string }
  | { readonly type: 'stdin-end' }
  | { readonly type: 'signal'; readonly signal: ClientSignal }
  | ({ readonly type: 'resize' } & TerminalCells)

/** Takes one message; a returned promise is pending until the program has taken the bytes. */
export type ProgramInputSink = (input: ProgramInput) => void | Promise<void>

/** Where a running program's input comes from. */
export interface ProgramInputSource {
  /** Whether some input has reached a program, which no second attempt would see. */
  readonly used: boolean
  /** Hands over what came so far and whatever comes from now on, in order and each at once. */
  attach(sink: ProgramInputSink): void
}
