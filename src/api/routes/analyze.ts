import type { Analyzer } from '../../analysis/analyzer.js'
import type { AnalysisReport, AnalysisRequest } from '../../contract/analysis.js'
import { analyzeAnswer } from '../../contract/wire/analysis-report.js'
import { analyzeRequest } from '../../contract/wire/analyze.js'
import type { AnalyzeRequest } from '../../contract/wire/analyze.js'
import type { SubmittedFile } from '../../contract/wire/execute.js'
import { whileConnected } from '../client-connection.js'
import type { ApiContext, App } from '../dependencies.js'
import { errorAnswers, jsonAnswer, RATE_LIMIT_HEADERS } from '../documented-answers.js'
import { invalidField } from '../invalid-input.js'
import type { ExecutingHooks } from '../plugins/executing.js'
import { programOfFiles, programOfOneFile } from '../source-files.js'

/** What the endpoint works with. */
export interface AnalyzeContext extends Pick<ApiContext, 'config' | 'languages'> {
  readonly analyzer: Analyzer
}

/** `limits` are hooks like those of execution; given their own, analyses do not use up a client's executions. */
export function analyzeRoute(app: App, context: AnalyzeContext, limits: ExecutingHooks): void {
  app.route({
    method: 'POST',
    url: '/api/v1/analyze',
    onRequest: [...limits],
    schema: {
      operationId: 'analyze',
      tags: ['Analysis'],
      summary: 'Find out what a program is about to do',
      description:
        'Reads the program without running it. The answer informs; it never keeps a program from running.',
      body: analyzeRequest,
      response: {
        200: jsonAnswer('What was found.', analyzeAnswer, RATE_LIMIT_HEADERS),
        ...errorAnswers([
          'INVALID_INPUT',
          'INVALID_JSON',
          'LANGUAGE_NOT_SUPPORTED',
          'PAYLOAD_TOO_LARGE',
          'UNSUPPORTED_MEDIA_TYPE',
          'RATE_LIMITED',
          'QUEUE_FULL',
          'SHUTTING_DOWN',
          'INTERNAL_ERROR',
        ]),
      },
    },
    handler: (request): Promise<AnalysisReport> => {
      const analysis = toAnalysisRequest(request.body, context)
      return whileConnected(request.raw.socket, (signal) =>
        context.analyzer.analyze(analysis, { clientKey: request.clientKey, signal }),
      )
    },
  })
}

/** No image is needed to read a program, so any known language will do. */
function toAnalysisRequest(body: AnalyzeRequest, { config, languages }: AnalyzeContext): AnalysisRequest {
  const language = languages.require(body.language)
  if (body.files !== undefined && body.code === undefined) {
    const rules = { maxFiles: config.http.maxFiles }
    return { language: language.id, ...programOfFiles(withEntryPoint(body.files), rules) }
  }
  if (body.code === undefined) throw invalidField('code', 'is required, or files')
  if (body.files !== undefined) throw invalidField('files', 'cannot be sent together with code')
  return { language: language.id, ...programOfOneFile(body.code, language.mainFile) }
}

/** Which file a program starts from matters little to who only reads it: the first will do. */
function withEntryPoint(files: readonly SubmittedFile[]): readonly SubmittedFile[] {
  if (files.some(({ isEntryPoint }) => isEntryPoint === true)) return files
  return files.map((file, index) => (index === 0 ? { ...file, isEntryPoint: true } : file))
}
