/** `GET /api/v1/executions/:jobId` and `GET /api/v1/metrics/summary`: what clients asked to keep. */
import { z } from 'zod'
import { executeAnswer } from './execute.js'

const { runTimeStatus, executionTime, memoryUsage, cpuUsage } = executeAnswer.shape.result.shape

export const savedExecutionAnswer = z
  .object({
    jobId: z.string(),
    userId: z.string().describe('Always `anonymous`: there are no accounts.'),
    projectId: z.string().describe('Always `default`.'),
    language: z.string(),
    version: z.string(),
    code: z.string().describe('The file; of several each under its name.'),
    output: z.string(),
    errorMessage: z.string().nullable(),
    executionTime,
    memoryUsage,
    cpuUsage,
    runTimeStatus,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'SavedExecution' })

export type SavedExecutionAnswer = z.infer<typeof savedExecutionAnswer>

const percentiles = z
  .object({ p50: z.number(), p90: z.number(), p95: z.number(), p99: z.number() })
  .meta({ id: 'Percentiles' })

const figures = {
  total: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  successRate: z.number().nullable().describe('Between 0 and 1; null while there are no executions.'),
  failureRate: z.number().nullable(),
  errors: z.record(z.string(), z.int()).describe('Executions that failed, by `runTimeStatus`.'),
  executionTime: percentiles.nullable().describe('Seconds, within one per cent.'),
  memoryBytes: percentiles.nullable().describe('Bytes, within one per cent.'),
}

export const metricsSummaryAnswer = z
  .object({ ...figures, byLanguage: z.record(z.string(), z.object(figures)) })
  .meta({ id: 'MetricsSummary' })

export type MetricsSummaryAnswer = z.infer<typeof metricsSummaryAnswer>
