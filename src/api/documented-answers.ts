import type { z } from 'zod'
import { ERRORS } from '../contract/errors.js'
import type { ErrorCode } from '../contract/errors.js'
import { errorAnswer } from '../contract/wire/error.js'

interface DocumentedHeader {
  readonly type: 'integer' | 'string'
  readonly description: string
}

interface DocumentedAnswer {
  readonly description: string
  readonly headers?: Readonly<Record<string, DocumentedHeader>>
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType; readonly example?: unknown }>>
}

/** Errors that any endpoint with a body can answer with. */
export const BODY_ERRORS = [
  'INVALID_INPUT',
  'INVALID_JSON',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'REQUEST_TIMEOUT',
  'TOO_MUCH_AT_ONCE',
  'OVERLOADED',
] as const

/** Errors of every endpoint that reads what is stored. */
export const READ_ERRORS = [
  'RATE_LIMITED',
  'TOO_MUCH_AT_ONCE',
  'OVERLOADED',
  'STORE_UNAVAILABLE',
  'INTERNAL_ERROR',
] as const

/** Errors of every endpoint that executes code. */
export const EXECUTION_ERRORS: readonly ErrorCode[] = [
  ...BODY_ERRORS,
  'UNAUTHORIZED',
  'AUTHENTICATION_UNAVAILABLE',
  'LANGUAGE_NOT_SUPPORTED',
  'LIMIT_TOO_HIGH',
  'RATE_LIMITED',
  'QUEUE_FULL',
  'SHUTTING_DOWN',
  'QUEUE_UNAVAILABLE',
  'LANGUAGE_NOT_READY',
  'SANDBOX_UNAVAILABLE',
  'LIMIT_NOT_ENFORCEABLE',
  'INTERNAL_ERROR',
]

const RETRY_AFTER = {
  'Retry-After': { type: 'integer', description: 'Seconds after which to try again.' },
} as const

/** Statuses whose answers carry Retry-After. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 503])

/** On every answer of the endpoints that execute code. */
export const RATE_LIMIT_HEADERS = {
  'RateLimit-Limit': { type: 'integer', description: 'Requests in one window.' },
  'RateLimit-Remaining': { type: 'integer', description: 'Requests left in this window.' },
  'RateLimit-Reset': { type: 'integer', description: 'Seconds until the window ends.' },
} as const

export function jsonAnswer(
  description: string,
  schema: z.ZodType,
  headers: Readonly<Record<string, DocumentedHeader>> = {},
): DocumentedAnswer {
  return { description, headers, content: { 'application/json': { schema } } }
}

/** Documentation of errors, those of one status together. */
export function errorAnswers(codes: readonly ErrorCode[]): Record<number, DocumentedAnswer> {
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))]
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      errorAnswersOf(codes.filter((code) => ERRORS[code].status === status)),
    ]),
  )
}

function errorAnswersOf(codes: readonly ErrorCode[]): DocumentedAnswer {
  const [first = 'INTERNAL_ERROR'] = codes
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].meaning}`).join(' '),
    headers: codes.some((code) => RETRIED_STATUSES.has(ERRORS[code].status)) ? RETRY_AFTER : {},
    content: {
      'application/json': {
        schema: errorAnswer,
        example: { succeeded: false, errorMessage: ERRORS[first].meaning, code: first },
      },
    },
  }
}
