import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ServiceError } from '../../contract/errors.js'
import { errorBody, retryAfterSeconds } from './errors.js'
import { STANDARD_HEADERS } from './standard-headers.js'

/** For the answer to a refused connection to leave. */
const REFUSAL_MS = 1000

/** Answers what never became a request: no valid HTTP, headers too large, or too slow to arrive. */
export function answerConnectionError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  endWith(socket, toServiceError(error.code))
}

/**
 * Answers a connection that is one too many, and ends it within a moment. Until then the server reads from it, or the
 * system would reset the connection and with it the answer; see `Connections` for the requests that it reads.
 */
export function refuseConnection(socket: Socket, error: ServiceError): void {
  socket.on('error', () => socket.destroy())
  endWith(socket, error)
  setTimeout(() => socket.destroy(), REFUSAL_MS).unref()
}

function endWith(socket: Socket, known: ServiceError): void {
  const retryAfter = retryAfterSeconds(known)
  const body = JSON.stringify(errorBody(known))
  const headers = {
    ...STANDARD_HEADERS,
    connection: 'close',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${known.status} ${STATUS_CODES[known.status]}\r\n${lines.join('')}\r\n${body}`)
}

function toServiceError(code: string | undefined): ServiceError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ServiceError('HEADERS_TOO_LARGE', 'The request headers are too large')
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ServiceError('REQUEST_TIMEOUT', 'The request did not arrive in time')
  }
  return new ServiceError('INVALID_INPUT', 'The request is not valid HTTP')
}
