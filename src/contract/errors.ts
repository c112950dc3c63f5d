/**
 * Every error a client can receive: code, HTTP status and whether trying the same request again can help.
 * `docs/errors.md` is generated from this table, and a check keeps the two equal.
 */
export const ERRORS = {
  INVALID_INPUT: {
    status: 400,
    retryable: false,
    meaning: 'A field is missing or wrong; the message names it.',
  },
  INVALID_JSON: { status: 400, retryable: false, meaning: 'The body is not valid JSON.' },
  LANGUAGE_NOT_SUPPORTED: {
    status: 400,
    retryable: false,
    meaning: 'The language is unknown here; the message lists those that are known.',
  },
  LIMIT_TOO_HIGH: {
    status: 400,
    retryable: false,
    meaning: "A requested limit is above the server's maximum, which the message names.",
  },
  UNAUTHORIZED: {
    status: 401,
    retryable: false,
    meaning: 'This server wants an API key or a token, and got none or one that it does not accept.',
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    retryable: false,
    meaning: 'Pages of this origin may not use this server; its operator names those that may.',
  },
  NOT_FOUND: { status: 404, retryable: false, meaning: 'Nothing is at this address.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    meaning: 'The address exists, but not with this method; see the Allow header.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    retryable: true,
    meaning: 'The request was not received in time.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    retryable: false,
    meaning: 'The body is larger than the server accepts, 10 MiB unless configured otherwise.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    meaning: 'The body must be JSON with Content-Type: application/json.',
  },
  HOST_NOT_ALLOWED: {
    status: 421,
    retryable: false,
    meaning: 'This server does not go by the name in the Host header; its operator lists its names.',
  },
  UPGRADE_REQUIRED: {
    status: 426,
    retryable: false,
    meaning: 'This address is for WebSocket connections.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    retryable: false,
    meaning: 'The request headers are larger than 16 KiB.',
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    meaning: 'Too many executions or reads from this address; Retry-After says when to try again.',
  },
  TOO_MUCH_AT_ONCE: {
    status: 429,
    retryable: true,
    meaning:
      'One client has as much under way as it may: bytes of bodies or of unread answers, followers or connections; the message says of what.',
  },
  OVERLOADED: {
    status: 503,
    retryable: true,
    meaning:
      'The service holds as much as it may of what all clients send, follow or have not read yet; Retry-After says when to try again.',
  },
  CLIENT_STORE_FULL: {
    status: 429,
    retryable: true,
    meaning:
      'What this client keeps on the server takes all the room that one client has; the message says how much that is.',
  },
  SESSION_QUOTA: {
    status: 429,
    retryable: true,
    meaning: 'This client has as many interactive sessions as it may have at once; end one of them first.',
  },
  QUEUE_FULL: {
    status: 503,
    retryable: true,
    meaning:
      'The queue has no room, in places or in bytes, or this client has its share of it; the message says which, Retry-After when to try again.',
  },
  SHUTTING_DOWN: { status: 503, retryable: true, meaning: 'The service is stopping and takes no new work.' },
  NOT_READY: {
    status: 503,
    retryable: true,
    meaning: 'Something the service needs is missing; only the readiness check answers this.',
  },
  QUEUE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    meaning:
      'The queue cannot be reached just now, or has lost the execution; what does not need it works on.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    meaning: 'The database cannot be reached just now; what does not need it works on.',
  },
  STORE_FULL: {
    status: 503,
    retryable: true,
    meaning: 'The server has no room to keep more records; what need not be kept works on.',
  },
  AUTHENTICATION_UNAVAILABLE: {
    status: 503,
    retryable: true,
    meaning: 'The provider whose keys verify tokens cannot be reached just now.',
  },
  LANGUAGE_NOT_READY: {
    status: 503,
    retryable: true,
    meaning: 'The image of this language is still being prepared, or is not installed on this server.',
  },
  SANDBOX_UNAVAILABLE: {
    status: 503,
    retryable: true,
    meaning:
      'No sandbox could be made just now and the program has not run, or the server ran out of memory and ended a program that was within its own limit.',
  },
  LIMIT_NOT_ENFORCEABLE: {
    status: 503,
    retryable: false,
    meaning: 'This server cannot enforce a requested limit, so it refuses to run the program.',
  },
  INTERNAL_ERROR: {
    status: 500,
    retryable: true,
    meaning: 'The service failed; the program is not at fault.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; meaning: string }>

export type ErrorCode = keyof typeof ERRORS

/** One wrong field of a request: where it is (`files[0].filename`) and what is wrong with it. */
export interface ErrorDetail {
  readonly path: string
  readonly message: string
}

export interface ServiceErrorOptions extends ErrorOptions {
  /** Seconds for the Retry-After header. */
  readonly retryAfterSeconds?: number
  readonly details?: readonly ErrorDetail[]
}

/** A fault the client hears of. `message` is one sentence a person can act on; internals stay in `cause`. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ErrorCode
  readonly status: number
  readonly retryable: boolean
  readonly retryAfterSeconds: number | undefined
  readonly details: readonly ErrorDetail[] | undefined

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.status = ERRORS[code].status
    this.retryable = ERRORS[code].retryable
    this.retryAfterSeconds = options.retryAfterSeconds
    this.details = options.details
  }
}
