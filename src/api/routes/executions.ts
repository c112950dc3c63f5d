import { z } from 'zod'
import { ServiceError } from '../../contract/errors.js'
import { savedExecutionAnswer } from '../../contract/wire/executions.js'
import type { SavedExecutionAnswer } from '../../contract/wire/executions.js'
import type { ApiContext, App, Records } from '../dependencies.js'
import { errorAnswers, jsonAnswer, READ_ERRORS } from '../documented-answers.js'
import { cpuPercentage, megabytes, wholeMilliseconds } from '../execute-answer.js'
import { isoTime } from '../submission-answer.js'

export function executionsRoute(app: App, { bounds }: ApiContext, { store }: Records): void {
  app.route({
    method: 'GET',
    url: '/api/v1/executions/:jobId',
    onRequest: bounds.limitReads,
    schema: {
      operationId: 'getExecution',
      tags: ['Records'],
      summary: 'Read an execution that was saved with `saveMetric`',
      params: z.object({ jobId: z.string().describe('The `jobId` of its result: the only key to it.') }),
      response: {
        200: jsonAnswer('Its record.', savedExecutionAnswer),
        ...errorAnswers(['NOT_FOUND', ...READ_ERRORS]),
      },
    },
    handler: async (request): Promise<SavedExecutionAnswer> => {
      const { jobId } = request.params
      const execution = await bounds.reads.answer(request, jobId, () => store.getExecution(jobId))
      if (execution === undefined) {
        throw new ServiceError(
          'NOT_FOUND',
          'No execution of this id was saved, or it was deleted after its time',
        )
      }
      const { status, wallTimeMs, cpuTimeMs, memoryBytes, createdAtMs, ...rest } = execution
      return {
        ...rest,
        runTimeStatus: status,
        executionTime: wholeMilliseconds(wallTimeMs) / 1000,
        memoryUsage: megabytes(memoryBytes),
        cpuUsage: cpuPercentage({ wallTimeMs, cpuTimeMs }),
        createdAt: isoTime(createdAtMs),
      }
    },
  })
}
