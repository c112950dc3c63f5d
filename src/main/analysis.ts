/** Static analysis in this process's own helper processes, started when somebody first asks for it. */
import type { Analyzer } from '../analysis/analyzer.js'
import { createProcessAnalyzer } from '../analysis/process-analyzer.js'
import type { Logger } from '../observability/logger.js'

export function startAnalysis(logger: Logger): Analyzer {
  return createProcessAnalyzer({
    onProcessEnded: (why) => logger.warn({ why }, 'an analysis ended its process'),
  })
}
