/** Body of a submission → what is handed to the queue and kept. */
import { randomUUID } from 'node:crypto'
import type { TestCase, TestPlan } from '../contract/test-case.js'
import type { SubmissionRequest, TestRequest } from '../contract/wire/submissions.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import type { Order } from '../submissions/submissions.js'
import type { ApiContext, Records } from './dependencies.js'
import { chooseLanguage, toExecutionRequest } from './execution-request.js'
import { invalidField } from './invalid-input.js'
import type { Program } from './source-files.js'
import { encodeText, programOfFiles, programOfOneFile } from './source-files.js'

const DEFAULT_CHECKER = 'trimmed'

/** Throws what the client is told when it cannot be accepted. */
export async function toOrder(
  body: SubmissionRequest,
  context: ApiContext,
  { callbackProblem }: Pick<Records, 'callbackProblem'>,
): Promise<Order> {
  const { config } = context
  const language = chooseLanguage(body.language, context)
  const program = programOf(body, language, config)
  const request = toExecutionRequest(language, program, body, config)
  const tests = toTestPlan(body, (test) => {
    const { stdin, args } = test
    const own = toExecutionRequest(language, program, { stdin, args }, config)
    return {
      ...(typeof stdin === 'string' && { stdin: own.stdin }),
      ...(Array.isArray(args) && { args: own.args }),
    }
  })
  const callbackUrl = body.callbackUrl ?? null
  const problem = callbackUrl === null ? undefined : await callbackProblem(callbackUrl)
  if (problem !== undefined) throw invalidField('callbackUrl', problem)
  return {
    request: { ...request, jobId: randomUUID(), ...(tests !== undefined && { tests }) },
    saveMetric: body.saveMetric === true,
    analyze: body.analyze !== false,
    callbackUrl,
  }
}

/** A program given as one file or as several; both or neither is refused. */
export function programOf(
  body: Pick<SubmissionRequest, 'code' | 'files'>,
  language: LanguageDefinition,
  config: Pick<ApiContext['config'], 'http'>,
): Program {
  const { code, files } = body
  if (typeof code === 'string' && files) throw invalidField('code', 'and files cannot both be given')
  if (typeof code === 'string') return programOfOneFile(code, language.mainFile)
  if (!files) throw invalidField('code', 'is required, or files')
  return programOfFiles(files, {
    maxFiles: config.http.maxFiles,
    extraFiles: Object.keys(language.extraFiles ?? {}),
  })
}

function toTestPlan(
  { tests, checker, stopOnFailure }: SubmissionRequest,
  resolve: (test: TestRequest) => Pick<TestCase, 'stdin' | 'args'>,
): TestPlan | undefined {
  if (!tests) {
    if (typeof checker === 'string') throw invalidField('checker', 'needs tests')
    return undefined
  }
  const cases = tests.map((test, index): TestCase => {
    const { name = null, expectedOutput = null } = test
    if (expectedOutput !== null) encodeText(`tests[${index}].expectedOutput`, expectedOutput)
    return { name, ...inTest(index, () => resolve(test)), expectedOutput }
  })
  return { cases, checker: checker ?? DEFAULT_CHECKER, stopOnFailure: stopOnFailure === true }
}

/** Says in which test a field is wrong. */
function inTest<T>(index: number, resolve: () => T): T {
  try {
    return resolve()
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(INVALID)) {
      const [path = '', ...rest] = error.message.slice(INVALID.length).split(' ')
      throw invalidField(`tests[${index}].${path}`, rest.join(' '))
    }
    throw error
  }
}

const INVALID = 'Invalid input: '
