/** What can go wrong between the page and the service, in words that say what to do. */
export type ProblemKind =
  | 'offline'
  | 'rate-limited'
  | 'queue-full'
  | 'restarting'
  | 'unavailable'
  | 'not-ready'
  | 'interrupted'
  | 'rejected'
  | 'missing'
  | 'failed'

export interface Problem {
  readonly kind: ProblemKind
  /** What happened, as the service or the page says it. */
  readonly message: string
  /** What to do now. */
  readonly advice: string
  /** When trying again can help, in epoch milliseconds; null when now, or never. */
  readonly retryAt: number | null
}

export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options)
    this.problem = problem
  }
}

const KIND_OF_CODE: Readonly<Record<string, ProblemKind>> = {
  RATE_LIMITED: 'rate-limited',
  QUEUE_FULL: 'queue-full',
  SHUTTING_DOWN: 'restarting',
  LANGUAGE_NOT_READY: 'not-ready',
  NOT_FOUND: 'missing',
  QUEUE_UNAVAILABLE: 'unavailable',
  STORE_UNAVAILABLE: 'unavailable',
  SANDBOX_UNAVAILABLE: 'unavailable',
  LIMIT_NOT_ENFORCEABLE: 'rejected',
}

const KIND_OF_STATUS: Readonly<Record<number, ProblemKind>> = {
  404: 'missing',
  429: 'rate-limited',
  502: 'restarting',
  503: 'restarting',
  504: 'restarting',
}

const DEFAULT_MESSAGE: Readonly<Record<ProblemKind, string>> = {
  offline: 'The service cannot be reached.',
  'rate-limited': 'Too many runs from your address in a short time.',
  'queue-full': 'Every place to run a program is taken and the queue is full.',
  restarting: 'The service is restarting.',
  unavailable: 'The service cannot do this just now.',
  'not-ready': 'This language is still being prepared.',
  interrupted: 'The connection was lost before the program ended; the service was probably restarted.',
  rejected: 'The service refused the request.',
  missing: 'The service does not have this.',
  failed: 'The service failed; your program is not at fault.',
}

const ADVICE: Readonly<Record<ProblemKind, string>> = {
  offline: 'Your code is kept in this browser. The page keeps trying; run it again when it is back.',
  'rate-limited': 'Your code is kept; run it again when the wait is over.',
  'queue-full': 'Nothing was lost; run it again in a moment.',
  restarting: 'Your code is kept in this browser; run it again when the service is back.',
  unavailable: 'Your code is kept in this browser; run it again in a moment.',
  'not-ready': 'Choose another language, or run it again when the preparation is done.',
  interrupted: 'Your code is kept in this browser; run it again.',
  rejected: 'Change what the message names and run it again.',
  missing: '',
  failed: 'Run it again; if it keeps failing, tell whoever runs this service.',
}

/** A problem of this kind, with the service's own sentence where it gave one. */
export function problemOf(kind: ProblemKind, message = '', retryAfterSeconds: number | null = null): Problem {
  return {
    kind,
    message: message || DEFAULT_MESSAGE[kind],
    advice: ADVICE[kind],
    retryAt: retryAfterSeconds === null ? null : Date.now() + retryAfterSeconds * 1000,
  }
}

/** Which kind an error answer is, from its code first and its HTTP status second. */
export function problemKind(code: string, status: number): ProblemKind {
  const known = KIND_OF_CODE[code] ?? KIND_OF_STATUS[status]
  if (known) {
    return known
  }
  return status >= 400 && status < 500 ? 'rejected' : 'failed'
}

/** Any thrown value as a problem to show. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) {
    return error.problem
  }
  return problemOf('failed', error instanceof Error ? error.message : '')
}
