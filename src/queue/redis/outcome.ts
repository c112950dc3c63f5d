/** How a job ended, as it travels from the worker to the submitter. */
import { ServiceError } from '../../contract/errors.js'
import type { ErrorCode, ErrorDetail } from '../../contract/errors.js'
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'
import { asServiceError } from '../memory-job.js'
import { decode, encode } from './codec.js'

const LOST_MESSAGE = 'The service lost the execution; the program is not at fault. Please try again.'

export type Outcome =
  | { readonly result: ExecutionResult; readonly announced: boolean; readonly runMs: number }
  | { readonly error: unknown; readonly runMs: number }

interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly retryAfterSeconds?: number
  readonly details?: readonly ErrorDetail[]
}

type WireOutcome =
  | { readonly result: ExecutionResult; readonly announced: boolean; readonly runMs: number }
  | { readonly error: WireError; readonly runMs: number }

export function encodeOutcome(outcome: Outcome): Buffer {
  if ('result' in outcome) return encode(outcome)
  const { code, message, retryAfterSeconds, details } = asServiceError(outcome.error)
  return encode({ error: { code, message, retryAfterSeconds, details }, runMs: outcome.runMs })
}

/** Of a job that another process cancelled before it ran. */
export function cancelledOutcome(request: ExecutionRequest): Outcome {
  return withoutRun(request, 'cancelled', 'The execution was cancelled.')
}

/** An empty outcome is that of a job whose worker was lost, twice or after somebody had noticed the first attempt. */
export function decodeOutcome(body: Buffer, request: ExecutionRequest): Outcome {
  if (body.length === 0) return withoutRun(request, 'internal_error', LOST_MESSAGE)
  const wire = decode(body) as WireOutcome
  if ('result' in wire) return wire
  const { code, message, ...options } = wire.error
  return { error: new ServiceError(code, message, options), runMs: wire.runMs }
}

function withoutRun(
  { jobId, language }: ExecutionRequest,
  status: 'cancelled' | 'internal_error',
  errorMessage: string,
): Outcome {
  const result = { jobId, language, version: '', status, errorMessage, compile: null, run: null }
  return { result, announced: true, runMs: 0 }
}
