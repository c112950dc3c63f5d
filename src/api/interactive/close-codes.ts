import type { ErrorCode } from '../../contract/errors.js'

/** Every code with which the service closes an interactive socket, with the sentence the documentation shows. */
export const CLOSE_CODES = {
  1000: 'The result was sent; it is the last message.',
  1002: 'What arrived is not valid WebSocket.',
  1003: 'A binary message; messages are text.',
  1007: 'A message is not valid UTF-8.',
  1008: 'A message is malformed or out of order, asks for what is not allowed, or did not come in time.',
  1009: 'A message is larger than it may be.',
  1011: 'The service failed; the program is not at fault.',
  1012: 'The service is stopping; connect again in a moment.',
  1013: 'Not now: too many executions or sessions, too much under way, the queue is full, or the language is not ready.',
} as const

export type CloseCode = keyof typeof CLOSE_CODES

const CODES: Partial<Record<ErrorCode, CloseCode>> = {
  PAYLOAD_TOO_LARGE: 1009,
  SHUTTING_DOWN: 1012,
  RATE_LIMITED: 1013,
  SESSION_QUOTA: 1013,
  TOO_MUCH_AT_ONCE: 1013,
  OVERLOADED: 1013,
  QUEUE_FULL: 1013,
  LANGUAGE_NOT_READY: 1013,
  SANDBOX_UNAVAILABLE: 1013,
  STORE_UNAVAILABLE: 1013,
  INTERNAL_ERROR: 1011,
}

/** The close code that follows the message of an error. */
export function closeCodeOf(code: ErrorCode): CloseCode {
  return CODES[code] ?? 1008
}
