/** JSON Web Tokens of the operator's identity provider, checked against the keys it publishes. */
import { createHash } from 'node:crypto'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import type { Rate } from '../../config/values.js'
import { ServiceError } from '../../contract/errors.js'
import type { Verifier } from './identity.js'

/** Signatures that are checked with a public key; a shared secret would let the service make tokens itself. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]
const FETCH_TIMEOUT_MS = 3000
/** Clocks of two machines differ. */
const CLOCK_TOLERANCE_SECONDS = 30

export interface TokenRules {
  readonly jwksUrl: string
  readonly issuer: string
  readonly audience: string
  /** Limit of each subject; absent for that of everyone. */
  readonly rate?: Rate | null
}

export function tokenVerifier({ jwksUrl, issuer, audience, rate }: TokenRules): Verifier {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: FETCH_TIMEOUT_MS })
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sub'],
      })
      return { id: `token:${subjectOf(payload)}`, ...(rate !== undefined && { rate }) }
    } catch (error) {
      throw refusal(error)
    }
  }
}

/** A hash, as the subject may be somebody's name or address. */
function subjectOf({ sub = '' }: JWTPayload): string {
  return createHash('sha256').update(sub).digest('base64url')
}

/** What is wrong with the token is the client's business; a provider that cannot be asked is ours. */
function refusal(error: unknown): ServiceError {
  if (error instanceof errors.JWTExpired) return new ServiceError('UNAUTHORIZED', 'This token has expired')
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new ServiceError(
      'UNAUTHORIZED',
      `This token is not for this service: its claim ${error.claim} is wrong`,
    )
  }
  const isTokens =
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  return isTokens
    ? new ServiceError('UNAUTHORIZED', 'This token cannot be verified')
    : new ServiceError('AUTHENTICATION_UNAVAILABLE', 'Tokens cannot be checked just now; please try again', {
        cause: error,
      })
}
