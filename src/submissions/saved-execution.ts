import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { SavedExecution } from '../store/records.js'

/** The record of an execution whose client asked to keep it. */
export function toSavedExecution(
  request: ExecutionRequest,
  result: ExecutionResult,
  { jobId, createdAtMs }: Pick<SavedExecution, 'jobId' | 'createdAtMs'>,
): SavedExecution {
  const { run } = result
  return {
    jobId,
    createdAtMs,
    userId: 'anonymous',
    projectId: 'default',
    language: result.language,
    version: result.version,
    code: codeOf(request),
    output: run?.stdout ?? '',
    errorMessage: result.errorMessage,
    status: result.status,
    wallTimeMs: run?.usage.wallTimeMs ?? 0,
    cpuTimeMs: run?.usage.cpuTimeMs ?? 0,
    memoryBytes: run?.usage.memoryBytes ?? 0,
  }
}

/** The one file as it is; of several each under its name, the entry point first. */
function codeOf({ files, entryPoint }: ExecutionRequest): string {
  const [only] = files
  if (files.length === 1 && only !== undefined) return text(only.content)
  return files
    .toSorted((left, right) => Number(right.name === entryPoint) - Number(left.name === entryPoint))
    .map(({ name, content }) => `==> ${name} <==\n${text(content)}`)
    .join('\n')
}

function text(content: Uint8Array): string {
  return Buffer.from(content).toString('utf8')
}
