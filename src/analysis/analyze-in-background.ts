import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import type { Analyzer } from './analyzer.js'
import { emptyReport } from './engine/report.js'

/**
 * Analyzes beside an execution: call it, run the program, then take what it gives. Never rejects, so a promise that
 * nobody waits for does no harm; an analysis that was refused or failed is a report with the status `failed`.
 */
export async function analyzeInBackground(
  analyzer: Analyzer,
  request: AnalysisRequest,
  clientKey: string,
): Promise<AnalysisReport> {
  try {
    return await analyzer.analyze(request, { clientKey })
  } catch (error) {
    const why = error instanceof Error ? error.message : 'The analysis failed.'
    return emptyReport(request.language, 'failed', [`The code was not analyzed. ${why}`])
  }
}
