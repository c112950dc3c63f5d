import type { FastifyRequest } from 'fastify'
import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import { whileConnected } from './client-connection.js'
import type { ApiContext } from './dependencies.js'

/** Runs an execution for the client of a request, and only for as long as that client is there. */
export function executeFor(
  request: FastifyRequest,
  execution: ExecutionRequest,
  { queue }: Pick<ApiContext, 'queue'>,
): Promise<ExecutionResult> {
  request.jobId = execution.jobId
  return whileConnected(request.raw.socket, (signal) =>
    queue.submit(execution, { clientKey: request.clientKey, signal }),
  )
}
