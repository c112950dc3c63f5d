/**
 * API keys, as the operator's file lists them: a line each with a name, the SHA-256 of the key and, if it has one, a
 * rate of its own. The file gives nothing away to whoever reads it, for keys are long and random.
 */
import { createHash, randomBytes } from 'node:crypto'
import { rate } from '../../config/values.js'
import type { Rate } from '../../config/values.js'
import { ServiceError } from '../../contract/errors.js'
import type { Identity, Verifier } from './identity.js'

/** Tells a key from a token at a glance, and lets scanners of leaked secrets find it. */
export const KEY_PREFIX = 'cx_'
const KEY_BYTES = 32
const LINE = /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,63})\s+sha256:(?<hash>[0-9a-f]{64})(?:\s+(?<rate>\S+))?$/

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** A new key and the line that makes it known. */
export function createApiKey(
  name: string,
  ownRate?: string,
): { readonly key: string; readonly line: string } {
  const key = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`
  const line = [name, `sha256:${hashOf(key)}`, ...(ownRate === undefined ? [] : [ownRate])].join('  ')
  parseLine(line, 1)
  return { key, line }
}

/** Throws one sentence that names the line when the file makes no sense. */
export function parseApiKeys(text: string): ReadonlyMap<string, Identity> {
  const identities = new Map<string, Identity>()
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.replace(/(^|\s)#.*$/, '').trim()
    if (content === '') continue
    const { hash, identity } = parseLine(content, index + 1)
    if (identities.has(hash)) throw new Error(`line ${index + 1} repeats a key`)
    identities.set(hash, identity)
  }
  return identities
}

function parseLine(line: string, number: number): { readonly hash: string; readonly identity: Identity } {
  const { name = '', hash = '', rate: written } = LINE.exec(line)?.groups ?? {}
  if (name === '') {
    throw new Error(`line ${number} is not a name, sha256: with 64 hexadecimal digits, and perhaps a rate`)
  }
  const own = written === undefined ? {} : { rate: parseRate(written, number) }
  return { hash, identity: { id: `key:${name}`, keyName: name, ...own } }
}

function parseRate(written: string, number: number): Rate | null {
  const result = rate.safeParse(written)
  if (!result.success) throw new Error(`the rate of line ${number} ${result.error.issues[0]?.message}`)
  return result.data
}

/** Looked up by hash, so that the time it takes says nothing about a key. */
export function apiKeyVerifier(identities: ReadonlyMap<string, Identity>): Verifier {
  return async (key) => {
    const identity = identities.get(hashOf(key))
    if (identity === undefined) throw new ServiceError('UNAUTHORIZED', 'This API key is not known here')
    return Promise.resolve(identity)
  }
}
