import type { preValidationHookHandler } from 'fastify'
import { executeAnswer, executeFiles } from '../../contract/wire/execute.js'
import type { ExecuteAnswer } from '../../contract/wire/execute.js'
import { analyzeBeside } from '../analysis-beside.js'
import type { ApiContext, App } from '../dependencies.js'
import { errorAnswers, EXECUTION_ERRORS, jsonAnswer, RATE_LIMIT_HEADERS } from '../documented-answers.js'
import { toExecuteAnswer } from '../execute-answer.js'
import { executeFor } from '../execute.js'
import { chooseLanguage, toExecutionRequest } from '../execution-request.js'
import { invalidField } from '../invalid-input.js'
import { refuseWhileFull } from '../plugins/executing.js'
import type { ExecutingHooks } from '../plugins/executing.js'
import { executeAndSave } from '../save-execution.js'
import { programOfFiles } from '../source-files.js'

export function executeV2Route(app: App, context: ApiContext, executing: ExecutingHooks): void {
  app.route({
    method: 'POST',
    url: '/api/v2/execute',
    onRequest: [...executing, refuseWhileFull(context)],
    preValidation: [refusePistonBody],
    schema: {
      operationId: 'executeFiles',
      tags: ['Execution'],
      summary: 'Run a program of several files',
      description:
        'Exactly one file is the entry point: the only one, or the one that is flagged. Unknown fields are ignored.',
      body: executeFiles,
      response: {
        200: jsonAnswer('How the program ended, whatever its end.', executeAnswer, RATE_LIMIT_HEADERS),
        ...errorAnswers([...EXECUTION_ERRORS, 'STORE_FULL', 'STORE_UNAVAILABLE']),
      },
    },
    handler: async (request): Promise<ExecuteAnswer> => {
      const { body } = request
      const language = chooseLanguage(body.language, context)
      const program = programOfFiles(body.files, {
        maxFiles: context.config.http.maxFiles,
        extraFiles: Object.keys(language.extraFiles ?? {}),
      })
      const execution = toExecutionRequest(language, program, body, context.config)
      const analysis = analyzeBeside(body.analyze, execution, request, context)
      const { clientKey } = request
      const result = await executeAndSave(execution, body.saveMetric, { ...context, clientKey }, () =>
        executeFor(request, execution, context),
      )
      return toExecuteAnswer(result, analysis())
    },
  })
}

/** True for a body in the shape of Piston's API, which shares this address: its files carry `content`. */
export function isPistonBody(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('files' in body) || !Array.isArray(body.files))
    return false
  const first: unknown = body.files[0]
  return typeof first === 'object' && first !== null && 'content' in first && !('code' in first)
}

const refusePistonBody: preValidationHookHandler = (request, _reply, done) => {
  done(
    isPistonBody(request.body)
      ? invalidField(
          'files[0].code',
          'is required; files that carry "content" instead are not understood here',
        )
      : undefined,
  )
}
