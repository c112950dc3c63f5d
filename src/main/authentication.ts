/** Reads what the settings name for authentication; undefined where clients are anonymous. */
import { readFileSync } from 'node:fs'
import { apiKeyVerifier, createApiKey, parseApiKeys } from '../api/authentication/api-keys.js'
import type { Authentication } from '../api/authentication/identity.js'
import type { Config } from '../config/variables.js'

/** A reason why authentication cannot be set up, as one sentence for whoever starts the service. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
}

export async function createAuthentication({ authentication }: Config): Promise<Authentication | undefined> {
  const { mode, apiKeysFile, jwksUrl, issuer = '', audience = '', tokenRateLimit: rate } = authentication
  if (mode === 'off') return undefined
  const tokens =
    jwksUrl &&
    (await import('../api/authentication/json-web-tokens.js')).tokenVerifier({
      jwksUrl,
      issuer,
      audience,
      ...(rate !== undefined && { rate }),
    })
  return {
    mode,
    ...(apiKeysFile !== undefined && { apiKeys: apiKeyVerifier(readApiKeys(apiKeysFile)) }),
    ...(tokens && { tokens }),
  }
}

function readApiKeys(file: string): ReturnType<typeof parseApiKeys> {
  try {
    return parseApiKeys(readFileSync(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AuthenticationError(`CODEEXEC_API_KEYS_FILE ${file} cannot be used: ${reason}.`, {
      cause: error,
    })
  }
}

/** `codeexec api-key`: prints a new key and the line for the file; exit code 2 where it is asked wrongly. */
export function apiKeyCommand(argv: readonly string[], write: (line: string) => void): number {
  const [name, rate, ...rest] = argv
  if (name === undefined || rest.length > 0) {
    write('codeexec api-key <name> [rate], such as: codeexec api-key school 1000/1m')
    return 2
  }
  try {
    const { key, line } = createApiKey(name, rate)
    write(`The key, shown this once:\n${key}\n\nThe line for CODEEXEC_API_KEYS_FILE:\n${line}`)
    return 0
  } catch {
    write('The name is of letters, digits, dots, dashes and underscores; the rate such as 1000/1m, or off.')
    return 2
  }
}
