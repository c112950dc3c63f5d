/**
 * One POST to an address that a stranger named. Every hop's name is resolved once, all its addresses are checked, and
 * the connection is made to one of those: what the name says a moment later (DNS rebinding) is never asked.
 */
import { lookup } from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { AddressGuard } from './address-guard.js'

const TIMEOUT_MS = 15_000
const MOST_REDIRECTS = 3
/** The two that keep method and body. */
const REDIRECTS: ReadonlySet<number> = new Set([307, 308])

export type Resolver = (hostname: string) => Promise<readonly string[]>

export interface GuardedPost {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly guard: AddressGuard
  readonly resolve?: Resolver
  readonly timeoutMs?: number
  /** Certificate authorities to trust instead of the usual ones. */
  readonly authorities?: string
}

/** Why a callback cannot be, or was not, delivered. The message may be shown to its client. */
export class CallbackError extends Error {
  override readonly name = 'CallbackError'
  /** True where another attempt meets the same. */
  readonly isFinal: boolean

  constructor(message: string, options: ErrorOptions & { isFinal?: boolean } = {}) {
    super(message, options)
    this.isFinal = options.isFinal === true
  }
}

export const systemResolver: Resolver = async (hostname) =>
  (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address }) => address)

/** Resolves when the receiver said 2xx. */
export async function guardedPost(request: GuardedPost): Promise<void> {
  const signal = AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS)
  let url = parseCallbackUrl(request.url)
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const address = await addressOf(url, request.guard, request.resolve ?? systemResolver)
    const { status, location } = await post(url, address, request, signal)
    if (status >= 200 && status < 300) return
    if (!REDIRECTS.has(status) || location === undefined) throw new CallbackError(`answered ${status}`)
    url = parseCallbackUrl(location, url)
  }
  throw new CallbackError(`redirected more than ${MOST_REDIRECTS} times`)
}

/** A URL that a callback may have; what it leads to is another question. */
export function parseCallbackUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new CallbackError('is not a URL', { isFinal: true })
  const url = new URL(text, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new CallbackError('must begin with http:// or https://', { isFinal: true })
  }
  if (url.username !== '' || url.password !== '') {
    throw new CallbackError('must not contain a user name or password', { isFinal: true })
  }
  return url
}

/** The address to connect to, checked. One refused address among several refuses all of them. */
export async function addressOf(url: URL, guard: AddressGuard, resolve: Resolver): Promise<string> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(hostname) === 0 ? await resolved(hostname, resolve) : [hostname]
  const [first] = addresses
  if (first === undefined) throw new CallbackError('has a host name without any address')
  if (!addresses.every(guard)) {
    throw new CallbackError('leads to an address that this server does not send to', { isFinal: true })
  }
  return first
}

async function resolved(hostname: string, resolve: Resolver): Promise<readonly string[]> {
  try {
    return await resolve(hostname)
  } catch (error) {
    throw new CallbackError('has a host name that cannot be resolved', { cause: error })
  }
}

interface Answer {
  readonly status: number
  readonly location: string | undefined
}

function post(
  url: URL,
  address: string,
  { headers, body, authorities }: GuardedPost,
  signal: AbortSignal,
): Promise<Answer> {
  const family = isIP(address)
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      signal,
      // A connection of its own: a pooled one could be to an address that is checked no more.
      agent: false,
      ...(authorities !== undefined && { ca: authorities }),
      // Name, Host header and certificate stay those of the URL; only where to connect is decided.
      lookup: (_hostname, options, callback) => {
        if (options.all === true) callback(null, [{ address, family }])
        else callback(null, address, family)
      },
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    })
    request.once('response', (response) => {
      resolve({ status: response.statusCode ?? 0, location: response.headers.location })
      // Whatever it says, nobody reads it.
      response.destroy()
    })
    request.on('error', (error) => reject(new CallbackError('could not be reached', { cause: error })))
    request.end(body)
  })
}
