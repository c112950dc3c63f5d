/**
 * Headers of every answer, errors included: request id, security, CORS. They are constant, so they are written from
 * one table rather than computed per request (the usual plugin for it costs a third of a small request).
 */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config/variables.js'
import type { App } from '../dependencies.js'
import { addressingProblem, readerOf } from './addressing.js'

/** For answers that are data: a browser shown one runs and loads nothing. */
const NO_CONTENT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const STANDARD_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Location, RateLimit-Limit, RateLimit-Policy, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id',
  'cache-control': 'no-store',
  'content-security-policy': NO_CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  // Anyone may use this API from any page: that is what open CORS says, and this must not contradict it.
  'cross-origin-resource-policy': 'cross-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  // Browsers heed it over TLS only. Not for subdomains: they are the operator's to decide about.
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}

/** Asks browsers to remember for a day; some cap it lower. */
const PREFLIGHT_SECONDS = '86400'
const CORS_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/

/** The client's own request id where it is harmless in a log and a header, else a new one. */
export function requestId(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

/** For answers that come before the hooks too. */
export function setStandardHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(STANDARD_HEADERS).header('x-request-id', request.id)
}

/** The first hook: whatever follows answers with these headers. */
export function addStandardHeaders(app: App, http: Config['http']): void {
  const problemOf = addressingProblem(http)
  const reader = readerOf(http.allowedOrigins)
  const isOpen = http.allowedOrigins.length === 0

  app.addHook('onRequest', (request, reply, done) => {
    setStandardHeaders(request, reply)
    if (!isOpen) {
      const origin = reader(request.headers.origin)
      void reply.header('vary', 'Origin').removeHeader('access-control-allow-origin')
      if (origin !== undefined) void reply.header('access-control-allow-origin', origin)
    }
    const problem = problemOf(request)
    if (problem !== undefined) return done(problem)
    if (request.method !== 'OPTIONS') {
      done()
      return
    }
    const asked = request.headers['access-control-request-headers']
    void reply
      .code(204)
      .header('access-control-allow-methods', CORS_METHODS)
      .header('access-control-allow-headers', asked ?? 'Content-Type, X-Request-Id')
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .header('vary', isOpen ? 'Access-Control-Request-Headers' : 'Access-Control-Request-Headers, Origin')
      .send()
  })
}
