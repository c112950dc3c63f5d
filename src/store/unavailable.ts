import { ServiceError } from '../contract/errors.js'

/** What clients hear while the database is away; the reason is for the operator's log. */
export function storeUnavailable(cause: unknown): ServiceError {
  return new ServiceError(
    'STORE_UNAVAILABLE',
    'The database cannot be reached just now; please try again in a moment',
    { cause, retryAfterSeconds: 5 },
  )
}

/** Nothing that may be deleted is left to make room. */
export function storeFull(): ServiceError {
  return new ServiceError('STORE_FULL', 'The server has no room to keep this; try again later', {
    retryAfterSeconds: 60,
  })
}

export function recordTooLarge(maxBytes: number): ServiceError {
  return new ServiceError(
    'PAYLOAD_TOO_LARGE',
    `This is larger than anything the server keeps, which is ${maxBytes} bytes; make it smaller`,
  )
}

/** @param what is kept: `shares`, or `submissions that have not ended` */
export function clientStoreFull(what: string, maxBytes: number): ServiceError {
  return new ServiceError(
    'CLIENT_STORE_FULL',
    `Your ${what} would take more than the ${maxBytes} bytes that one client has here; wait until some are gone, or send less`,
    { retryAfterSeconds: 60 },
  )
}
