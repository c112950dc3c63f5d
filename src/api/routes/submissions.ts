import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ServiceError } from '../../contract/errors.js'
import type { ErrorCode } from '../../contract/errors.js'
import { submissionAccepted, submissionAnswer, submissionRequest } from '../../contract/wire/submissions.js'
import type { SubmissionAccepted, SubmissionAnswer } from '../../contract/wire/submissions.js'
import type { SubmissionHeadView } from '../../submissions/submissions.js'
import { followSlot } from '../bounds/follow-slot.js'
import { whileConnected } from '../client-connection.js'
import type { ApiContext, App, Records } from '../dependencies.js'
import { errorAnswers, EXECUTION_ERRORS, jsonAnswer, READ_ERRORS } from '../documented-answers.js'
import type { ExecutingHooks } from '../plugins/executing.js'
import { toSubmissionAnswer } from '../submission-answer.js'
import { toOrder } from '../submission-order.js'

export const SUBMISSION_ERRORS: readonly ErrorCode[] = [
  ...EXECUTION_ERRORS,
  'CLIENT_STORE_FULL',
  'STORE_FULL',
  'STORE_UNAVAILABLE',
]
const LOOKUP_ERRORS = ['NOT_FOUND', ...READ_ERRORS] as const

const idParameter = z.object({ id: z.string().describe('The id that the submission was answered with.') })

export function submissionRoutes(
  app: App,
  context: ApiContext,
  records: Records,
  executing: ExecutingHooks,
): void {
  const { submissions } = records
  const maxWaitMs = context.config.submissions.maxWaitMs
  const { bounds, lifecycle } = context
  const { stopping } = lifecycle
  const read = (request: FastifyRequest, id: string): Promise<SubmissionAnswer> =>
    bounds.reads.answer(request, id, async () => toSubmissionAnswer(found(await submissions.get(id))))

  app.route({
    method: 'POST',
    url: '/api/v1/submissions',
    onRequest: [...executing],
    schema: {
      operationId: 'submit',
      tags: ['Submissions'],
      summary: 'Submit a program',
      description: 'The answer comes at once, with the id under which the result can be had.',
      body: submissionRequest,
      response: {
        202: jsonAnswer('It is in the queue; `Location` says where to look.', submissionAccepted),
        ...errorAnswers(SUBMISSION_ERRORS),
      },
    },
    handler: async (request, reply): Promise<SubmissionAccepted> => {
      const order = await toOrder(request.body, context, records)
      request.jobId = order.request.jobId
      const [id] = await submissions.accept([order], request.clientKey)
      if (typeof id !== 'string') throw id ?? new ServiceError('INTERNAL_ERROR', 'The service failed')
      void reply.code(202).header('location', `/api/v1/submissions/${id}`)
      return { id, status: 'queued' }
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/submissions/:id',
    onRequest: bounds.limitReads,
    schema: {
      operationId: 'getSubmission',
      tags: ['Submissions'],
      summary: 'Read a submission',
      params: idParameter,
      querystring: z.object({
        wait: z.coerce
          .number()
          .min(0)
          .optional()
          .describe(`Seconds to hold the answer until it has ended; at most ${maxWaitMs / 1000}.`),
      }),
      response: {
        200: jsonAnswer('The submission as it stands.', submissionAnswer),
        ...errorAnswers(LOOKUP_ERRORS),
      },
    },
    handler: async (request): Promise<SubmissionAnswer> => {
      const { id } = request.params
      const waitMs = Math.min((request.query.wait ?? 0) * 1000, maxWaitMs)
      if (waitMs > 0) {
        const leave = followSlot(bounds.followers, request)
        const view = await whileConnected(request.raw.socket, (signal) =>
          submissions.wait(id, waitMs, AbortSignal.any([signal, stopping])),
        )
        leave()
        found(view)
      }
      return read(request, id)
    },
  })

  app.route({
    method: 'DELETE',
    url: '/api/v1/submissions/:id',
    schema: {
      operationId: 'cancelSubmission',
      tags: ['Submissions'],
      summary: 'Cancel a submission',
      description: 'Its program is killed. One that has ended already stays as it is.',
      params: idParameter,
      response: {
        200: jsonAnswer('What became of it.', submissionAnswer),
        ...errorAnswers([...LOOKUP_ERRORS, 'QUEUE_UNAVAILABLE']),
      },
    },
    handler: async (request): Promise<SubmissionAnswer> => {
      const { id } = request.params
      found(await submissions.cancel(id))
      return read(request, id)
    },
  })
}

/** Wrong ids and ids of what has been deleted look the same. */
export function found<View extends SubmissionHeadView>(view: View | undefined): View {
  if (view === undefined) {
    throw new ServiceError('NOT_FOUND', 'There is no such submission, or it was deleted after its time')
  }
  return view
}
