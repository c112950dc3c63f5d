import type { ApiContext, App, Records } from './dependencies.js'
import type { ExecutingHooks } from './plugins/executing.js'
import { executionsRoute } from './routes/executions.js'
import { metricsSummaryRoute } from './routes/metrics-summary.js'
import { shareRoutes } from './routes/shares.js'
import { submissionBatchRoute } from './routes/submission-batch.js'
import { submissionEventsRoute } from './routes/submission-events.js'
import { submissionRoutes } from './routes/submissions.js'

/** Every endpoint that needs the store. */
export function recordRoutes(
  app: App,
  context: ApiContext,
  records: Records,
  executing: ExecutingHooks,
): void {
  submissionRoutes(app, context, records, executing)
  submissionBatchRoute(app, context, records, executing)
  submissionEventsRoute(app, context, records)
  shareRoutes(app, context, records, executing)
  executionsRoute(app, context, records)
  metricsSummaryRoute(app, context, records)
}
