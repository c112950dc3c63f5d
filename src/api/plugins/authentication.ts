/** Who asks, where the operator wants to know. Without it everybody is anonymous, which is the default. */
import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../contract/errors.js'
import { KEY_PREFIX } from '../authentication/api-keys.js'
import type { Authentication, Identity } from '../authentication/identity.js'
import type { App } from '../dependencies.js'

/** Whoever watches over the service, and whoever wants to know what it offers, needs no credential. */
const OPEN_ROUTES: ReadonlySet<string> = new Set([
  '/health',
  '/health/ready',
  '/metrics',
  '/api/v1/languages',
])

const OPEN_FOLDER = '/docs'

export interface AuthenticationScope {
  /** Routes that are added from now on are pages, which everybody may see. */
  pagesFollow(): void
}

/** Before the routes. Every route needs a credential unless it is named above or is a page. */
export function authenticateRequests(
  app: App,
  authentication: Authentication | undefined,
): AuthenticationScope {
  const open = new Set<string>(OPEN_ROUTES)
  let pages = false
  app.decorateRequest('identity', undefined)
  if (authentication !== undefined) {
    app.addHook('onRoute', ({ url }) => {
      if (pages || url === OPEN_FOLDER || url.startsWith(`${OPEN_FOLDER}/`)) open.add(url)
    })
    app.addHook('onRequest', async (request, reply) => {
      const route = request.routeOptions.url
      if (route === undefined || open.has(route)) return
      try {
        request.identity = await identify(request, authentication)
      } catch (error) {
        if (error instanceof ServiceError && error.code === 'UNAUTHORIZED') {
          void reply.header('www-authenticate', 'Bearer realm="codeexec"')
        }
        throw error
      }
    })
  }
  return {
    pagesFollow: () => {
      pages = true
    },
  }
}

async function identify(
  { headers }: FastifyRequest,
  { mode, apiKeys, tokens }: Authentication,
): Promise<Identity | undefined> {
  const credential = credentialOf(headers.authorization, headers['x-api-key'])
  if (credential === undefined) {
    if (mode === 'optional') return undefined
    const message = 'Send an API key or a token: Authorization: Bearer …, or X-API-Key'
    throw new ServiceError('UNAUTHORIZED', message)
  }
  const verifier = credential.startsWith(KEY_PREFIX) ? apiKeys : tokens
  if (verifier === undefined)
    throw new ServiceError('UNAUTHORIZED', 'This kind of credential is not taken here')
  return verifier(credential)
}

function credentialOf(authorization: string | undefined, apiKey: string | string[] | undefined) {
  if (typeof apiKey === 'string' && apiKey !== '') return apiKey
  if (authorization === undefined || authorization === '') return undefined
  const bearer = /^Bearer +(?<credential>\S+)$/i.exec(authorization)?.groups?.['credential']
  if (bearer === undefined)
    throw new ServiceError('UNAUTHORIZED', 'Authorization must be Bearer and a credential')
  return bearer
}
