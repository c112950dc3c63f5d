import { fastify } from 'fastify'
import type { FastifyBaseLogger } from 'fastify'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Analyzer } from '../../analysis/analyzer.js'
import { emptyReport } from '../../analysis/engine/report.js'
import type { AnalysisReport, AnalysisRequest } from '../../contract/analysis.js'
import { ServiceError } from '../../contract/errors.js'
import { analyzeAnswer } from '../../contract/wire/analysis-report.js'
import { createLogger } from '../../observability/logger.js'
import type { App, ZodTypeProvider } from '../dependencies.js'
import { answerErrors } from '../plugins/errors.js'
import { ZOD_SCHEMAS } from '../plugins/validation.js'
import { RouteTable } from '../route-table.js'
import { LANGUAGES, testConfig } from '../test-support.js'
import { analyzeRoute } from './analyze.js'

const REPORT: AnalysisReport = {
  findings: [
    {
      rule: 'python/eval',
      category: 'code-injection',
      severity: 'critical',
      message: 'no',
      file: 'main.py',
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 5,
    },
  ],
  summary: { ...emptyReport('python', 'complete', []).summary, total: 1, worst: 'critical' },
}

async function post(payload: unknown, analyze: Analyzer['analyze'] = () => Promise.resolve(REPORT)) {
  const loggerInstance: FastifyBaseLogger = createLogger({ level: 'error' }, new PassThrough())
  const app: App = fastify({
    loggerInstance,
    schemaController: ZOD_SCHEMAS,
  }).withTypeProvider<ZodTypeProvider>()
  const config = testConfig()
  const asked: AnalysisRequest[] = []
  answerErrors(app, new RouteTable())
  const analyzer: Analyzer = {
    analyze: (request, signal) => {
      asked.push(request)
      return analyze(request, signal)
    },
    close: () => Promise.resolve(),
  }
  analyzeRoute(app, { config, languages: LANGUAGES, analyzer }, [])
  const answer = await app.inject({ method: 'POST', url: '/api/v1/analyze', payload: payload as object })
  await app.close()
  return { answer, asked }
}

describe('POST /api/v1/analyze', () => {
  it('analyzes one file under the name of the language', async () => {
    const { answer, asked } = await post({ language: 'Py', code: 'eval("1")' })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual(REPORT)
    expect(analyzeAnswer.parse(answer.json())).toEqual(REPORT)
    expect(asked).toEqual([
      {
        language: 'python',
        entryPoint: 'main.py',
        files: [{ name: 'main.py', content: Buffer.from('eval("1")') }],
      },
    ])
  })

  it('analyzes several files, whether or not one is called the entry point', async () => {
    const files = [
      { filename: 'a.py', code: 'import b' },
      { filename: 'b.py', code: 'cHJpbnQoMSk=', encoding: 'base64' },
    ]
    const { answer, asked } = await post({ language: 'python', files })
    expect(answer.statusCode).toBe(200)
    expect(asked[0]?.entryPoint).toBe('a.py')
    expect(Buffer.from(asked[0]?.files[1]?.content ?? []).toString()).toBe('print(1)')
  })

  it('needs no image: a language that is being installed is analyzed', async () => {
    expect((await post({ language: 'ruby', code: '' })).answer.statusCode).toBe(200)
  })

  it.each([
    [{ language: 'python' }, 'Invalid input: code is required, or files'],
    [
      { language: 'python', code: '', files: [{ filename: 'a.py', code: '' }] },
      'Invalid input: files cannot be sent',
    ],
    [{ language: 'python', code: 3 }, 'Invalid input: code must be a string'],
    [{ code: 'x' }, 'Invalid input: language is required'],
    [{ language: 'python', code: '', stdin: 'x' }, 'has unknown fields: stdin'],
    [{ language: 'python', files: [] }, 'Invalid input: files must not be empty'],
    [{ language: 'python', files: [{ filename: '../a.py', code: '' }] }, 'files[0].filename'],
    [{ language: 'cobol', code: '' }, 'Language not supported: cobol'],
  ])('refuses %j', async (payload, message) => {
    const { answer, asked } = await post(payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ errorMessage: string }>().errorMessage).toContain(message)
    expect(asked).toEqual([])
  })

  it('says when to come again when too many analyses wait', async () => {
    const busy = new ServiceError('QUEUE_FULL', 'Too many analyses are waiting.', { retryAfterSeconds: 2 })
    const { answer } = await post({ language: 'python', code: '' }, () => Promise.reject(busy))
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('2')
  })
})
