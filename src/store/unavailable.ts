import { ServiceError } from '../contract/errors.js'

/** What clients hear while the database is away; the reason is for the operator's log. */
export function storeUnavailable(cause: unknown): ServiceError {
  return new ServiceError(
    'STORE_UNAVAILABLE',
    'The database cannot be reached just now; please try again in a moment',
    { cause, retryAfterSeconds: 5 },
  )
}
