/** `/openapi.json`, written from the schemas that check the requests, and `/docs`, a page that shows it. */
import { readFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { z } from 'zod'
import type { App } from '../dependencies.js'
import { addComponents, transformRoute } from './openapi-schemas.js'

const BROTLI_QUALITY = { [constants.BROTLI_PARAM_QUALITY]: 9 }

const DESCRIPTION = `Runs untrusted code in sandboxes, anonymously: no account, no key, no cookie.

A program that fails is not an error of the API: the request is answered with 200 and the result says how the program
ended. Errors of the request or of the service always have the shape of \`Error\`. Code is executed at most as often
as the \`RateLimit-*\` headers say. Every answer carries \`X-Request-Id\`, the client's own where it sent one.`

/** The reference page draws itself with scripts and styles from here, and talks to this origin only. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // It sets style attributes on what it draws.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

function serviceVersion(): string {
  const file = new URL('../../../package.json', import.meta.url)
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version
}

/** Before the routes, for it collects them. */
export async function documentRoutes(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'codeexec',
        description: DESCRIPTION,
        version: serviceVersion(),
        license: { name: 'ISC', identifier: 'ISC' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: [
        { name: 'Execution', description: 'Run code and get the result in the answer.' },
        {
          name: 'Submissions',
          description: 'Run code and get the result later, by polling, events or callback.',
        },
        { name: 'Records', description: 'What clients asked to keep: executions and shared programs.' },
        { name: 'Service', description: 'What can be run here, and whether the service is well.' },
      ],
    },
    hideUntagged: true,
    transform: transformRoute,
    transformObject: addComponents,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    theme: { title: 'codeexec API' },
    uiConfig: {
      layout: 'BaseLayout',
      deepLinking: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
    },
  })
}

/** After the routes. Every answer is the same bytes, written down once. */
export function serveOpenApi(app: App): void {
  let document: { readonly plain: Buffer; readonly brotli: Buffer } | undefined
  app.get('/openapi.json', { schema: { hide: true }, compress: false }, (request, reply) => {
    document ??= written(JSON.stringify(app.swagger()))
    const takesBrotli = /(?:^|,)\s*br\s*(?:,|$)/.test(request.headers['accept-encoding'] ?? '')
    if (takesBrotli) void reply.header('content-encoding', 'br')
    void reply.header('vary', 'Accept-Encoding').type('application/json; charset=utf-8')
    return reply.send(takesBrotli ? document.brotli : document.plain)
  })
}

function written(text: string) {
  return { plain: Buffer.from(text), brotli: brotliCompressSync(text, { params: BROTLI_QUALITY }) }
}
