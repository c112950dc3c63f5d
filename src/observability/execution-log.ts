import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionRequest } from '../contract/execution.js'
import type { Logger } from './logger.js'

/** Writes how each execution ended: its figures, nothing of its program. */
export function executionLog(logger: Pick<Logger, 'debug' | 'warn'>) {
  return ({ jobId, language }: Pick<ExecutionRequest, 'jobId' | 'language'>, event: ExecutionEvent): void => {
    if (event.type !== 'finished') return
    const { status, compile, run } = event.result
    const fields = { jobId, language, status, compile: compile?.usage, run: run?.usage }
    if (status === 'internal_error') logger.warn(fields, 'execution failed')
    else logger.debug(fields, 'execution finished')
  }
}
