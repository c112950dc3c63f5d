import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ServiceError } from '../../contract/errors.js'
import { errorBody } from './errors.js'
import { STANDARD_HEADERS } from './standard-headers.js'

/** Answers what never became a request: no valid HTTP, headers too large, or too slow to arrive. */
export function answerConnectionError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const known = toServiceError(error.code)
  const body = JSON.stringify(errorBody(known))
  const headers = {
    ...STANDARD_HEADERS,
    connection: 'close',
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
