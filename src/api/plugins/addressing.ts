/** Which name a request may call this service by, and whose pages may send one. */
import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config/variables.js'
import { ServiceError } from '../../contract/errors.js'
import { invalidInput } from '../invalid-input.js'

/** RFC 9112: a name or an address, and perhaps a port. */
const HOST = /^(?:[\w.~!$&'()*+;=%-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i

/** Probes ask by the address of the machine or container, whatever its names are, and learn nothing but health. */
const PROBED: ReadonlySet<string> = new Set(['/health', '/health/ready'])

/** Gives the reason why a request is refused for what it calls us or where it comes from; undefined where it is not. */
export function addressingProblem({
  allowedHosts,
  allowedOrigins,
}: Config['http']): (request: FastifyRequest) => Error | undefined {
  const isAllowedHost = hostMatcher(allowedHosts)
  const isAllowedOrigin = originMatcher(allowedOrigins)
  return (request) => hostProblem(request) ?? nameProblem(request) ?? originProblem(request)

  function nameProblem(request: FastifyRequest): Error | undefined {
    if (allowedHosts.length === 0 || PROBED.has(request.routeOptions.url ?? '')) return undefined
    if (isAllowedHost(request.hostname.toLowerCase())) return undefined
    const message = 'This server does not go by that name; see CODEEXEC_ALLOWED_HOSTS'
    return new ServiceError('HOST_NOT_ALLOWED', message)
  }

  function originProblem(request: FastifyRequest): Error | undefined {
    const { origin } = request.headers
    if (allowedOrigins.length === 0 || origin === undefined) return undefined
    if (isAllowedOrigin(origin) || isOwn(origin, request)) return undefined
    const message = 'Pages of this origin may not use this server; see CODEEXEC_ALLOWED_ORIGINS'
    return new ServiceError('ORIGIN_NOT_ALLOWED', message)
  }
}

/** Of the request as such, whatever the operator allows. Node's own answer would have no body. */
function hostProblem({ raw }: FastifyRequest): Error | undefined {
  const { host } = raw.headers
  if (host === undefined) {
    return raw.httpVersion === '1.1' ? invalidInput([{ path: 'Host', message: 'is required' }]) : undefined
  }
  if (!HOST.test(host)) return invalidInput([{ path: 'Host', message: 'is not a host name' }])
  return isRepeated(raw.rawHeaders) ? invalidInput([{ path: 'Host', message: 'is given twice' }]) : undefined
}

/** Which origin an answer says may read it, where not all may; undefined for one that may not. */
export function readerOf(
  allowedOrigins: readonly string[],
): (origin: string | undefined) => string | undefined {
  const isAllowed = originMatcher(allowedOrigins)
  return (origin) => (origin !== undefined && isAllowed(origin) ? origin : undefined)
}

function isRepeated(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}

/** A proxy may have taken TLS off, so the scheme does not count. */
function isOwn(origin: string, { host }: FastifyRequest): boolean {
  return origin.toLowerCase().endsWith(`://${host.toLowerCase()}`)
}

function originMatcher(allowed: readonly string[]): (origin: string) => boolean {
  const set = new Set(allowed)
  return (origin) => set.has(origin.toLowerCase())
}

function hostMatcher(allowed: readonly string[]): (name: string) => boolean {
  const names = new Set(allowed.filter((name) => !name.startsWith('*.')))
  const parents = allowed.filter((name) => name.startsWith('*.')).map((name) => name.slice(1))
  return (name) => names.has(name) || parents.some((parent) => name.endsWith(parent))
}
