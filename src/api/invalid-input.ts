import { ServiceError } from '../contract/errors.js'
import type { ErrorDetail } from '../contract/errors.js'

/** Problems named in one message; `details` has them all. */
const NAMED_PROBLEMS = 3

/** The 400 that names the wrong fields: `Invalid input: files[1].filename must be a string`. */
export function invalidInput(details: readonly ErrorDetail[]): ServiceError {
  const named = details.slice(0, NAMED_PROBLEMS).map(({ path, message }) => `${path} ${message}`)
  const more = details.length - named.length
  const rest = more > 0 ? [`and ${more} more`] : []
  return new ServiceError('INVALID_INPUT', `Invalid input: ${[...named, ...rest].join('; ')}`, { details })
}

export function invalidField(path: string, message: string): ServiceError {
  return invalidInput([{ path, message }])
}
