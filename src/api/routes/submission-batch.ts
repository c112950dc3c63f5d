import { z } from 'zod'
import { ServiceError } from '../../contract/errors.js'
import {
  MAX_BATCH,
  submissionBatch,
  submissionBatchAnswer,
  submissionRequest,
} from '../../contract/wire/submissions.js'
import type { SubmissionBatchAnswer } from '../../contract/wire/submissions.js'
import type { Order } from '../../submissions/submissions.js'
import type { ApiContext, App, Records } from '../dependencies.js'
import { errorAnswers, jsonAnswer } from '../documented-answers.js'
import type { ExecutingHooks } from '../plugins/executing.js'
import { checkAgainst } from '../plugins/validation.js'
import { toOrder } from '../submission-order.js'
import { SUBMISSION_ERRORS } from './submissions.js'

/** What must be right for any entry to be looked at. */
const envelope = z.strictObject({ submissions: z.array(z.unknown()).min(1).max(MAX_BATCH) })

export function submissionBatchRoute(
  app: App,
  context: ApiContext,
  records: Records,
  executing: ExecutingHooks,
): void {
  app.route({
    method: 'POST',
    url: '/api/v1/submissions/batch',
    onRequest: [...executing],
    // The documented schema would refuse all entries for one that is wrong.
    validatorCompiler: () => (data) => {
      try {
        return { value: checkAgainst(envelope, data) }
      } catch (error) {
        return { error: error as Error }
      }
    },
    schema: {
      operationId: 'submitBatch',
      tags: ['Submissions'],
      summary: `Submit up to ${MAX_BATCH} programs`,
      description: 'Each entry is accepted or refused by itself. Every one counts against the rate limit.',
      body: submissionBatch,
      response: {
        202: jsonAnswer('One entry per submission, in order.', submissionBatchAnswer),
        ...errorAnswers(SUBMISSION_ERRORS),
      },
    },
    handler: async (request, reply): Promise<SubmissionBatchAnswer> => {
      const entries: readonly unknown[] = request.body.submissions
      request.chargeExecutions(entries.length - 1)
      const orders = await Promise.all(entries.map((entry) => orderOrError(entry, context, records)))
      const accepted = await records.submissions.accept(
        orders.filter((order): order is Order => !(order instanceof ServiceError)),
        request.clientKey,
      )
      let next = 0
      void reply.code(202)
      return {
        submissions: orders.map((order) => {
          const outcome = order instanceof ServiceError ? order : accepted[next++]
          return typeof outcome === 'string' ? { id: outcome, status: 'queued' } : refusal(outcome)
        }),
      }
    },
  })
}

async function orderOrError(
  entry: unknown,
  context: ApiContext,
  records: Records,
): Promise<Order | ServiceError> {
  try {
    return await toOrder(checkAgainst(submissionRequest, entry), context, records)
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
}

function refusal(error: ServiceError | undefined) {
  const { message, code } =
    error ?? new ServiceError('INTERNAL_ERROR', 'The service failed; please try again')
  return { errorMessage: message, code }
}
