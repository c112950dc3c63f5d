import type { Tracing } from '../../observability/tracing.js'
import type { App } from '../dependencies.js'

/** Asked every few seconds by whoever watches the service; of no interest in a trace. */
const UNTRACED: ReadonlySet<string> = new Set(['/health', '/health/ready', '/metrics'])

/** A span for each request, inside which its executions are submitted. */
export function traceRequests(app: App, tracing: Tracing | undefined): void {
  if (tracing === undefined) return
  app.decorateRequest('requestTrace', undefined)
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url
    const { traceparent } = request.headers
    if (route !== undefined && !UNTRACED.has(route)) {
      const traceParent = typeof traceparent === 'string' ? { traceParent: traceparent } : {}
      request.requestTrace = tracing.request({ method: request.method, route, ...traceParent })
    }
    done()
  })
  // The last hook before the handler: what reads the body would lose the request's context again.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.requestTrace === undefined) done()
    else request.requestTrace.within(done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    request.requestTrace?.end(reply.statusCode)
    done()
  })
}
