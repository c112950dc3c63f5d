import type { MetricsExposition } from '../../observability/metrics/metrics.js'
import type { App } from '../dependencies.js'

export function metricsRoute(app: App, metrics: MetricsExposition): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  )
}
