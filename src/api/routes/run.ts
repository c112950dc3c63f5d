import { runAnswer, runRequest } from '../../contract/wire/run.js'
import type { RunAnswer } from '../../contract/wire/run.js'
import type { ApiContext, App } from '../dependencies.js'
import { errorAnswers, EXECUTION_ERRORS, jsonAnswer, RATE_LIMIT_HEADERS } from '../documented-answers.js'
import { executeFor } from '../execute.js'
import { chooseLanguage, toExecutionRequest } from '../execution-request.js'
import { refuseWhileFull } from '../plugins/executing.js'
import type { ExecutingHooks } from '../plugins/executing.js'
import { toRunAnswer } from '../run-answer.js'
import { programOfOneFile } from '../source-files.js'

export function runRoute(app: App, context: ApiContext, executing: ExecutingHooks): void {
  const { wallTimeMs, memoryBytes, maxProcesses, cpus } = context.config.limits.compact
  const limits = { wallTimeMs, cpuTimeMs: wallTimeMs, memoryBytes, maxProcesses }
  app.route({
    method: 'POST',
    url: '/run',
    onRequest: [...executing, refuseWhileFull(context)],
    schema: {
      operationId: 'run',
      tags: ['Execution'],
      summary: 'Run a program, the compact form',
      description:
        'Its limits are fixed: 2 seconds, 1 CPU, 256 MB and 64 processes unless the server says otherwise.',
      body: runRequest,
      response: {
        200: jsonAnswer('How the program ended, whatever its end.', runAnswer, RATE_LIMIT_HEADERS),
        ...errorAnswers(EXECUTION_ERRORS),
      },
    },
    handler: async (request): Promise<RunAnswer> => {
      const { language: name, code, input } = request.body
      const language = chooseLanguage(name, context)
      const program = programOfOneFile(code, language.mainFile)
      const wishes = { stdin: input, limits, cpus }
      const execution = toExecutionRequest(language, program, wishes, context.config)
      return toRunAnswer(await executeFor(request, execution, context))
    },
  })
}
