import { metricsSummaryAnswer } from '../../contract/wire/executions.js'
import type { MetricsSummaryAnswer } from '../../contract/wire/executions.js'
import type { ExecutionFigures, Percentiles } from '../../store/records.js'
import type { ApiContext, App, Records } from '../dependencies.js'
import { errorAnswers, jsonAnswer, READ_ERRORS } from '../documented-answers.js'

type FiguresAnswer = Omit<MetricsSummaryAnswer, 'byLanguage'>

export function metricsSummaryRoute(app: App, { bounds }: ApiContext, { store }: Records): void {
  app.route({
    method: 'GET',
    url: '/api/v1/metrics/summary',
    onRequest: bounds.limitReads,
    schema: {
      operationId: 'metricsSummary',
      tags: ['Records'],
      summary: 'Sum up the executions that were saved with `saveMetric`',
      response: {
        200: jsonAnswer('Rates, errors and percentiles, in all and by language.', metricsSummaryAnswer),
        ...errorAnswers(READ_ERRORS),
      },
    },
    handler: async (request): Promise<MetricsSummaryAnswer> => {
      const { byLanguage, ...all } = await bounds.reads.answer(request, 'summary', () =>
        store.summarizeExecutions(),
      )
      return {
        ...toFigures(all),
        byLanguage: Object.fromEntries(
          Object.entries(byLanguage).map(([language, figures]) => [language, toFigures(figures)]),
        ),
      }
    },
  })
}

function toFigures({ total, byStatus, wallTimeMs, memoryBytes }: ExecutionFigures): FiguresAnswer {
  const { succeeded = 0, ...errors } = byStatus
  const failed = total - succeeded
  return {
    total,
    succeeded,
    failed,
    successRate: total === 0 ? null : succeeded / total,
    failureRate: total === 0 ? null : failed / total,
    errors,
    executionTime: wallTimeMs && inSeconds(wallTimeMs),
    memoryBytes,
  }
}

function inSeconds({ p50, p90, p95, p99 }: Percentiles): Percentiles {
  return { p50: seconds(p50), p90: seconds(p90), p95: seconds(p95), p99: seconds(p99) }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1_000_000
}
