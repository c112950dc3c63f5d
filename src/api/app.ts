/** Puts the HTTP service together. It does not listen: whoever builds it does, and tests inject requests. */
import compress from '@fastify/compress'
import { fastify, LogController } from 'fastify'
import type { Config } from '../config/variables.js'
import { boundClients } from './bounds/bound-clients.js'
import { PIECE_LENGTH } from './bounds/json-pieces.js'
import type { ApiContext, ApiDependencies, App, ZodTypeProvider } from './dependencies.js'
import { authenticateRequests } from './plugins/authentication.js'
import { answerConnectionError } from './plugins/connection-errors.js'
import { answerErrors, sendError, toServiceError } from './plugins/errors.js'
import { executingHooks } from './plugins/executing.js'
import { parseJsonBodies } from './plugins/json-body.js'
import { observeRequests } from './plugins/observation.js'
import { documentRoutes, serveOpenApi } from './plugins/openapi.js'
import { addStandardHeaders, requestId, setStandardHeaders } from './plugins/standard-headers.js'
import { traceRequests } from './plugins/tracing.js'
import { ZOD_SCHEMAS } from './plugins/validation.js'
import { serveWebPage } from './plugins/web-page.js'
import { acceptWebSockets, refuseWebSocketsElsewhere } from './plugins/web-sockets.js'
import { recordRoutes } from './record-routes.js'
import { RouteTable } from './route-table.js'
import { analyzeRoute } from './routes/analyze.js'
import { executeV1Route } from './routes/execute-v1.js'
import { executeV2Route } from './routes/execute-v2.js'
import { healthRoutes } from './routes/health.js'
import { interactiveRoute } from './routes/interactive.js'
import { languagesRoute } from './routes/languages.js'
import { metricsRoute } from './routes/metrics.js'
import { runRoute } from './routes/run.js'

/** Ten MiB arrive in this time over a slow line; a client that sends byte by byte is cut off. */
const REQUEST_TIMEOUT_MS = 120_000
const HEADERS_TIMEOUT_MS = 15_000
/** Longer than the minute after which common proxies close idle connections, so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000
/** Smaller answers do not get smaller. */
const COMPRESS_FROM_BYTES = 1024
/** A text of as many characters as one piece has, three bytes each. */
const COMPRESS_TO_BYTES = 3 * PIECE_LENGTH

function createServer(config: Config, { logger }: ApiDependencies): App {
  const { bodyLimitBytes, trustedProxies } = config.http
  return fastify({
    loggerInstance: logger,
    schemaController: ZOD_SCHEMAS,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestId(request.headers),
    bodyLimit: bodyLimitBytes,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // A missing Host is answered as any other error, with a body.
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: 5000,
      requireHostHeader: false,
    },
    routerOptions: { ignoreTrailingSlash: true },
    // Its own 503 has another shape; draining is ours.
    return503OnClosing: false,
    clientErrorHandler: answerConnectionError,
    frameworkErrors: (error, request, reply) => {
      setStandardHeaders(request, reply)
      sendError(reply, toServiceError(error))
    },
  }).withTypeProvider<ZodTypeProvider>()
}

export async function buildApp(config: Config, dependencies: ApiDependencies): Promise<App> {
  const app = createServer(config, dependencies)
  const stopping = new AbortController()
  const lifecycle = { draining: false, stopping: stopping.signal }
  await acceptWebSockets(app, config.http.bodyLimitBytes)
  const bounds = boundClients(app, config)
  dependencies.onBounds?.(bounds)
  const context: ApiContext = { ...dependencies, config, lifecycle, bounds }
  app.decorate('startDraining', () => {
    lifecycle.draining = true
    stopping.abort()
  })

  const routes = new RouteTable()
  app.addHook('onRoute', (route) => routes.add(route))
  addStandardHeaders(app, config.http)
  refuseWebSocketsElsewhere(app)
  traceRequests(app, dependencies.tracing)
  observeRequests(app, dependencies.onHttpRequest)
  const authentication = authenticateRequests(app, dependencies.authentication)
  parseJsonBodies(app, bounds.bodies, config.http.bodyLimitBytes)
  answerErrors(app, routes)
  await app.register(compress, {
    globalDecompression: false,
    encodings: ['br', 'gzip', 'deflate'],
    threshold: COMPRESS_FROM_BYTES,
    // Larger answers are not compressed, so no encoder waits for a client that does not read.
    syncThreshold: COMPRESS_TO_BYTES,
  })
  await documentRoutes(app)

  const executing = executingHooks(context)
  executeV1Route(app, context, executing)
  executeV2Route(app, context, executing)
  runRoute(app, context, executing)
  interactiveRoute(app, context, executing)
  languagesRoute(app, context)
  healthRoutes(app, context)
  const { analyzer } = dependencies
  // Hooks of its own, so that analyses, which a page asks for while somebody types, use up no executions.
  if (analyzer !== undefined) analyzeRoute(app, { ...context, analyzer }, executingHooks(context))
  if (dependencies.records !== undefined) recordRoutes(app, context, dependencies.records, executing)
  if (dependencies.metrics !== undefined) metricsRoute(app, dependencies.metrics)
  authentication.pagesFollow()
  serveOpenApi(app)
  await serveWebPage(app, dependencies.webRoot)

  await app.ready()
  return app
}
