import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import { toSavedExecution } from '../submissions/saved-execution.js'
import type { ApiContext } from './dependencies.js'

/**
 * Runs an execution and keeps its record where the client asked for that. A database that is away is found out before
 * the program runs, so that it does not run for nothing.
 */
export async function executeAndSave(
  execution: ExecutionRequest,
  saveMetric: boolean | null | undefined,
  { records, clock }: Pick<ApiContext, 'records' | 'clock'>,
  execute: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  if (saveMetric !== true || records === undefined) return execute()
  await records.store.check()
  const createdAtMs = clock()
  const result = await execute()
  await records.store.saveExecution(toSavedExecution(execution, result, createdAtMs))
  return result
}
