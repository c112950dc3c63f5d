/** Submission as it stands → answer. Pure. */
import type { ExecutionResult } from '../contract/execution.js'
import type { TestResult } from '../contract/test-case.js'
import type { SubmissionAnswer, SubmissionResult, TestResultAnswer } from '../contract/wire/submissions.js'
import type { SubmissionRecord } from '../store/records.js'
import { savedExecutionId } from '../submissions/submission-id.js'
import type { SubmissionView } from '../submissions/submissions.js'
import { toExecuteAnswer } from './execute-answer.js'

export function toSubmissionAnswer({ id, record, position }: SubmissionView): SubmissionAnswer {
  const { status, language, createdAtMs, startedAtMs, finishedAtMs, result, analysis } = record
  return {
    id,
    status,
    createdAt: isoTime(createdAtMs),
    startedAt: startedAtMs === null ? null : isoTime(startedAtMs),
    finishedAt: finishedAtMs === null ? null : isoTime(finishedAtMs),
    language,
    result: result && toSubmissionResult(result, record),
    analysis,
    ...(position !== undefined && { position }),
  }
}

/** With `saveMetric` its `jobId` is the key to the execution's own record. */
export function toSubmissionResult(
  execution: ExecutionResult,
  record: Pick<SubmissionRecord, 'jobId' | 'key' | 'saveMetric'>,
): SubmissionResult {
  const jobId = record.saveMetric ? savedExecutionId(record) : execution.jobId
  const { result } = toExecuteAnswer({ ...execution, jobId })
  return execution.tests === undefined ? result : { ...result, tests: execution.tests.map(toTestAnswer) }
}

function toTestAnswer({ name, verdict, run }: TestResult): TestResultAnswer {
  return {
    name,
    verdict,
    stdout: run?.stdout ?? '',
    stderr: run?.stderr ?? '',
    truncated: run?.truncated ?? { stdout: false, stderr: false },
    exitCode: run?.exitCode ?? null,
    signal: run?.signal ?? null,
    usage: run && {
      wallTimeMs: Math.round(run.usage.wallTimeMs),
      cpuTimeMs: Math.round(run.usage.cpuTimeMs),
      memoryBytes: Math.round(run.usage.memoryBytes),
    },
  }
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
