import { randomUUID } from 'node:crypto'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import { toSavedExecution } from '../submissions/saved-execution.js'
import type { ApiContext } from './dependencies.js'

/**
 * Runs an execution and keeps its record where the client asked for that. A database that is away is found out before
 * the program runs, so that it does not run for nothing. The result's `jobId` is then the key to the record, which
 * no log has: there the execution has another id.
 */
export async function executeAndSave(
  execution: ExecutionRequest,
  saveMetric: boolean | null | undefined,
  { records, clock, clientKey }: Pick<ApiContext, 'records' | 'clock'> & { readonly clientKey: string },
  execute: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  if (saveMetric !== true || records === undefined) return execute()
  await records.store.check()
  const createdAtMs = clock()
  const result = await execute()
  const jobId = randomUUID()
  const saved = toSavedExecution(execution, result, { jobId, createdAtMs })
  await records.store.saveExecution(saved, { owner: clientKey })
  return { ...result, jobId }
}
