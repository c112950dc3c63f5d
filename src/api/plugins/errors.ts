/** Whatever goes wrong, the client gets one shape of answer, and nothing of the inside. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../../contract/errors.js'
import type { ErrorCode } from '../../contract/errors.js'
import type { ErrorAnswer } from '../../contract/wire/error.js'
import type { App } from '../dependencies.js'
import type { RouteTable } from '../route-table.js'
import { skipBody, skipBodySlowly } from '../skip-body.js'

/** Seconds after which another try makes sense, where the error itself does not say and they are not five. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = {
  QUEUE_FULL: 1,
  OVERLOADED: 2,
  SANDBOX_UNAVAILABLE: 1,
  STORE_UNAVAILABLE: 5,
  LANGUAGE_NOT_READY: 10,
}

export function answerErrors(app: App, routes: RouteTable): void {
  app.setErrorHandler(async (error, request, reply) => {
    if (request.raw.socket.destroyed) {
      // Nobody listens any more, and an execution ended for that reason is no fault worth a log line.
      request.log.debug('the client went away')
      return reply.hijack()
    }
    const known = toServiceError(error)
    logFaults(known, request)
    // The framework closes the connection after an error in a body; it can be kept, for what is left of the body is
    // skipped. Where the client itself wants it closed, the body is skipped before the answer.
    if (known.code === 'REQUEST_TIMEOUT') void reply.header('connection', 'close')
    else if (known.code !== 'SHUTTING_DOWN') void reply.removeHeader('connection')
    if (known.code === 'TOO_MUCH_AT_ONCE' || known.code === 'OVERLOADED') skipBodySlowly(request.raw)
    if (request.headers.connection?.toLowerCase() === 'close' && known.code !== 'REQUEST_TIMEOUT')
      await skipBody(request.raw)
    return sendError(reply, known)
  })

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const allowed = routes.methodsAt(path)
    if (allowed.length === 0)
      return sendError(reply, new ServiceError('NOT_FOUND', 'Nothing is at this address'))
    void reply.header('allow', allowed.join(', '))
    const useful = allowed.filter((method) => method !== 'OPTIONS' && method !== 'HEAD')
    const message = `${request.method} is not possible here; use ${useful.join(' or ')}`
    return sendError(reply, new ServiceError('METHOD_NOT_ALLOWED', message))
  })
}

/** What the framework refuses before a handler runs, by its error codes. */
const FRAMEWORK_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'UNSUPPORTED_MEDIA_TYPE',
    'Send the body as JSON with Content-Type: application/json',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['INVALID_INPUT', 'The body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: ['INVALID_INPUT', 'The address of the request is not a valid URL'],
  FST_ERR_MAX_PARAM_LENGTH: ['NOT_FOUND', 'Nothing is at this address'],
}

/** The error a client hears of; what it does not know becomes INTERNAL_ERROR with the cause kept for the log. */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  const { code, statusCode } = frameworkProperties(error)
  const known = FRAMEWORK_ERRORS[code]
  if (known !== undefined) return new ServiceError(...known)
  return statusCode >= 400 && statusCode < 500
    ? new ServiceError('INVALID_INPUT', 'The request could not be read')
    : new ServiceError('INTERNAL_ERROR', 'The service failed; please try again', { cause: error })
}

function frameworkProperties(error: unknown): { readonly code: string; readonly statusCode: number } {
  if (!(error instanceof Error)) return { code: '', statusCode: 500 }
  return {
    code: 'code' in error ? String(error.code) : '',
    statusCode: 'statusCode' in error ? Number(error.statusCode) : 500,
  }
}

function logFaults(error: ServiceError, request: FastifyRequest): void {
  if (error.code === 'INTERNAL_ERROR' || error.cause !== undefined) {
    request.log.error({ err: error, jobId: request.jobId || undefined }, 'request failed')
  }
}

export function errorBody(error: ServiceError): ErrorAnswer {
  return {
    succeeded: false,
    errorMessage: error.message,
    code: error.code,
    ...(error.details === undefined ? {} : { details: [...error.details] }),
  }
}

export function retryAfterSeconds(error: ServiceError): number | undefined {
  const usual = error.status === 503 && error.retryable ? (RETRY_AFTER_SECONDS[error.code] ?? 5) : undefined
  return error.retryAfterSeconds ?? usual
}

export function sendError(reply: FastifyReply, error: ServiceError): FastifyReply {
  reply.request.refusedWith = error.code
  const retryAfter = retryAfterSeconds(error)
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter)
  return reply
    .code(error.status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(errorBody(error))
}
