import type { FastifyRequest } from 'fastify'
import { analyzeInBackground } from '../analysis/analyze-in-background.js'
import type { AnalysisReport } from '../contract/analysis.js'
import type { ExecutionRequest } from '../contract/execution.js'
import type { ApiContext } from './dependencies.js'

/**
 * Analyzes a program while it runs, where its client asked for that. Gives a function to call when the run has ended:
 * the report, null when it is not ready, undefined when none was asked for. A result never waits for its analysis.
 */
export function analyzeBeside(
  asked: boolean | null | undefined,
  execution: ExecutionRequest,
  { clientKey }: Pick<FastifyRequest, 'clientKey'>,
  { analyzer }: Pick<ApiContext, 'analyzer'>,
): () => AnalysisReport | null | undefined {
  if (asked !== true) return () => undefined
  let report: AnalysisReport | null = null
  if (analyzer !== undefined) {
    void analyzeInBackground(analyzer, execution, clientKey).then((made) => {
      report = made
    })
  }
  return () => report
}
