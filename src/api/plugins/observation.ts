import type { App } from '../dependencies.js'
import type { HttpObserver } from '../../observability/http-observation.js'

/** One log line and one observation per answered request: its route, never its address, body or sender. */
export function observeRequests(app: App, onHttpRequest: HttpObserver | undefined): void {
  app.decorateRequest('jobId', '')
  app.decorateRequest('refusedWith', '')
  app.decorateRequest('clientKey', '')
  app.decorateRequest('chargeExecutions', () => {})
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched'
    const { method, jobId } = request
    const { statusCode, elapsedTime: durationMs } = reply
    onHttpRequest?.({ method, route, statusCode, durationMs, errorCode: request.refusedWith })
    const { keyName } = request.identity ?? {}
    const fields = { method, route, status: statusCode, durationMs: Math.round(durationMs * 10) / 10 }
    const whose = { ...(jobId !== '' && { jobId }), ...(keyName !== undefined && { apiKey: keyName }) }
    request.log.info({ ...fields, ...whose }, 'request')
    done()
  })
}
