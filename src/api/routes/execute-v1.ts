import { executeAnswer, executeOneFile } from '../../contract/wire/execute.js'
import type { ExecuteAnswer } from '../../contract/wire/execute.js'
import { analyzeBeside } from '../analysis-beside.js'
import type { ApiContext, App } from '../dependencies.js'
import { errorAnswers, EXECUTION_ERRORS, jsonAnswer, RATE_LIMIT_HEADERS } from '../documented-answers.js'
import { toExecuteAnswer } from '../execute-answer.js'
import { executeFor } from '../execute.js'
import { chooseLanguage, toExecutionRequest } from '../execution-request.js'
import { refuseWhileFull } from '../plugins/executing.js'
import type { ExecutingHooks } from '../plugins/executing.js'
import { executeAndSave } from '../save-execution.js'
import { programOfOneFile } from '../source-files.js'

export function executeV1Route(app: App, context: ApiContext, executing: ExecutingHooks): void {
  app.route({
    method: 'POST',
    url: '/api/v1/execute',
    onRequest: [...executing, refuseWhileFull(context)],
    schema: {
      operationId: 'executeOneFile',
      tags: ['Execution'],
      summary: 'Run a program of one file',
      description: 'Unknown fields are ignored. The answer comes as soon as the main process has ended.',
      body: executeOneFile,
      response: {
        200: jsonAnswer('How the program ended, whatever its end.', executeAnswer, RATE_LIMIT_HEADERS),
        ...errorAnswers([...EXECUTION_ERRORS, 'STORE_FULL', 'STORE_UNAVAILABLE']),
      },
    },
    handler: async (request): Promise<ExecuteAnswer> => {
      const { body } = request
      const language = chooseLanguage(body.language, context)
      const program = programOfOneFile(body.code, language.mainFile)
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
