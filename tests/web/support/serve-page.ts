import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'

import { PAGE_FOLDER } from './built-page.js'

/** The policy that the page must live with: nothing from elsewhere, no inline script, no eval. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
}

export function servePage(app: FastifyInstance): void {
  app.get('/*', async (request, reply) => {
    const { pathname } = new URL(request.url, 'http://page')
    const file = path.join(PAGE_FOLDER, pathname === '/' ? 'index.html' : pathname)
    if (!file.startsWith(PAGE_FOLDER)) {
      return reply.code(404).send()
    }
    const content = await readFile(file).catch(() => null)
    if (content === null) {
      return reply.code(404).send({ succeeded: false, errorMessage: 'Not found.', code: 'NOT_FOUND' })
    }
    return reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('x-content-type-options', 'nosniff')
      .type(TYPES[path.extname(file)] ?? 'application/octet-stream')
      .send(content)
  })
}
