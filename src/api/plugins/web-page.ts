/** `GET /`: the web page where it has been built, else a plain page that says what this is. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { App } from '../dependencies.js'
import { LANDING_PAGE } from './landing-page.js'

/** The editor makes workers from blobs and styles itself; everything comes from this origin. */
export const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  // Covers ws: and wss: of this origin too.
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const LANDING_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

const IMMUTABLE = 'public, max-age=31536000, immutable'

export async function serveWebPage(app: App, webRoot: string | undefined): Promise<void> {
  if (webRoot === undefined || !existsSync(path.join(webRoot, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply
        .headers({ 'content-security-policy': LANDING_POLICY, 'cache-control': 'no-cache' })
        .type('text/html; charset=utf-8')
        .send(LANDING_PAGE),
    )
    return
  }
  const assets = path.join(webRoot, 'assets') + path.sep
  await app.register(fastifyStatic, {
    root: webRoot,
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    schemaHide: true,
    setHeaders(reply, file) {
      reply.header('content-security-policy', PAGE_POLICY)
      // The names of built assets contain their hash.
      reply.header('cache-control', file.startsWith(assets) ? IMMUTABLE : 'no-cache')
    },
  })
}
