/** Execution result → answer of the compact endpoint. Pure. */
import { ServiceError } from '../contract/errors.js'
import type { ErrorCode } from '../contract/errors.js'
import type { ExecutionResult } from '../contract/execution.js'
import type { Verdict } from '../contract/verdict.js'
import type { RunAnswer } from '../contract/wire/run.js'

/** What the compact form has no word for is an error of ours. */
const STATUSES: Readonly<Record<Verdict, RunAnswer['status'] | readonly [ErrorCode, string]>> = {
  succeeded: 'success',
  time_limit_exceeded: 'timeout',
  compile_error: 'runtime_error',
  runtime_error: 'runtime_error',
  memory_limit_exceeded: 'runtime_error',
  output_limit_exceeded: 'runtime_error',
  cancelled: ['SHUTTING_DOWN', 'The service stopped before the program ended; please try again'],
  internal_error: ['INTERNAL_ERROR', 'The service failed to run the program; please try again'],
}

export function toRunAnswer(result: ExecutionResult): RunAnswer {
  const status = toStatus(result)
  const { run, compile } = result
  if (run !== null) {
    return { status, stdout: run.stdout, stderr: explained(run.stderr, result), stage: 'run' }
  }
  return { status, stdout: '', stderr: explained(compile?.output ?? '', result), stage: 'compile' }
}

function toStatus({ status }: ExecutionResult): RunAnswer['status'] {
  const word = STATUSES[status]
  if (typeof word !== 'string') throw new ServiceError(...word)
  return word
}

/** The three statuses cannot tell which limit was met or how a silent program died, so `stderr` does. */
function explained(stderr: string, { status, errorMessage }: ExecutionResult): string {
  const tellsMore = status === 'memory_limit_exceeded' || status === 'output_limit_exceeded'
  if (errorMessage === null || stderr.endsWith(errorMessage)) return stderr
  if (stderr.trim() === '') return errorMessage
  return tellsMore ? `${stderr}${stderr.endsWith('\n') ? '' : '\n'}${errorMessage}\n` : stderr
}
