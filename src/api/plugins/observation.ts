import type { App } from '../dependencies.js'
import type { HttpObserver } from '../../observability/http-observation.js'

/** Files of the page have the hash of their content in their names: with each build others, and one series for all. */
const ASSETS = '/assets/'

function routeOf(url: string | undefined): string {
  return url?.startsWith(ASSETS) ? `${ASSETS}*` : (url ?? 'unmatched')
}

/** One log line and one observation per answered request: its route, never its address, body or sender. */
export function observeRequests(app: App, onHttpRequest: HttpObserver | undefined): void {
  app.decorateRequest('jobId', '')
  app.decorateRequest('refusedWith', '')
  app.decorateRequest('clientKey', '')
  app.decorateRequest('chargeExecutions', () => {})
  app.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request.routeOptions.url)
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
