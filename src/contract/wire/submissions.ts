/** `/api/v1/submissions`: executions that outlive their request. */
import { z } from 'zod'
import type { AnalysisReport } from '../analysis.js'
import { CHECKERS, TEST_VERDICTS } from '../test-case.js'
import type { Checker, TestVerdict } from '../test-case.js'
import { analyzeAnswer } from './analysis-report.js'
import { errorAnswer } from './error.js'
import { executeAnswer, executeOptions, submittedFile } from './execute.js'

/** Cases of one submission; each may take the whole time limit. */
export const MAX_TESTS = 100
export const MAX_BATCH = 100

function wordsOf<Word extends string>(table: Readonly<Record<Word, string>>): readonly Word[] {
  return Object.keys(table) as Word[]
}

function meanings(table: Readonly<Record<string, string>>): string {
  return Object.entries(table)
    .map(([word, meaning]) => `\`${word}\`: ${meaning}`)
    .join(' ')
}

const testRequest = z
  .strictObject({
    name: z.string().max(200).nullish().describe('Comes back with the result.'),
    stdin: z.string().nullish().describe('All of standard input; that of the submission when absent.'),
    args: z.array(z.string()).nullish().describe('Arguments; those of the submission when absent.'),
    expectedOutput: z.string().nullish().describe('What it shall print; anything will do when absent.'),
  })
  .meta({ id: 'TestCase' })

export type TestRequest = z.infer<typeof testRequest>

export const submissionRequest = z
  .strictObject({
    ...executeOptions,
    code: z.string().nullish().describe('The program, when it is one file. Either this or `files`.'),
    files: z.array(submittedFile).min(1).nullish().describe('The program, when it is several files.'),
    callbackUrl: z
      .string()
      .max(2048)
      .nullish()
      .describe('Where the finished record is sent by POST, signed as Standard Webhooks says.'),
    tests: z
      .array(testRequest)
      .min(1)
      .max(MAX_TESTS)
      .nullish()
      .describe('Compiled once and run for each; no case finds anything of another.'),
    checker: z
      .enum(wordsOf<Checker>(CHECKERS))
      .nullish()
      .describe(`How output is compared; \`trimmed\` when absent. ${meanings(CHECKERS)}`),
    stopOnFailure: z.boolean().nullish().describe('Skip the cases after the first that is not accepted.'),
  })
  .meta({
    id: 'SubmissionRequest',
    examples: [
      {
        language: 'python',
        code: 'print(int(input()) ** 2)',
        tests: [
          { name: 'small', stdin: '3', expectedOutput: '9\n' },
          { name: 'negative', stdin: '-4', expectedOutput: '16\n' },
        ],
        checker: 'trimmed',
      },
    ],
  })

export type SubmissionRequest = z.infer<typeof submissionRequest>

/** Entries are checked one by one: one that is wrong does not refuse the others. */
export const submissionBatch = z
  .strictObject({ submissions: z.array(submissionRequest).min(1).max(MAX_BATCH) })
  .meta({ id: 'SubmissionBatch' })

export const submissionAccepted = z
  .object({
    id: z.string().describe('The only key to it: whoever has it can read and cancel the submission.'),
    status: z.literal('queued'),
  })
  .meta({
    id: 'SubmissionAccepted',
    examples: [{ id: 'C3wdHmpXSzyaDi99PBtaSK0Ff0f1bK1XJ9mXv2q7o3E', status: 'queued' }],
  })

export type SubmissionAccepted = z.infer<typeof submissionAccepted>

export const submissionBatchAnswer = z
  .object({
    submissions: z.array(z.union([submissionAccepted, errorAnswer.pick({ errorMessage: true, code: true })])),
  })
  .meta({ id: 'SubmissionBatchAnswer' })

export type SubmissionBatchAnswer = z.infer<typeof submissionBatchAnswer>

const executeResult = executeAnswer.shape.result

export const testResult = z
  .object({
    name: z.string().nullable(),
    verdict: z.enum(wordsOf<TestVerdict>(TEST_VERDICTS)).describe(meanings(TEST_VERDICTS)),
    stdout: z.string().describe('The first 65,536 characters; the whole was compared.'),
    stderr: z.string(),
    truncated: executeResult.shape.truncated,
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    usage: executeResult.shape.usage.nullable().describe('Null where the case was skipped.'),
  })
  .meta({ id: 'TestResult' })

export type TestResultAnswer = z.infer<typeof testResult>

export const submissionResult = executeResult
  .extend({
    tests: z
      .array(testResult)
      .optional()
      .describe(
        'One per test, in order. The fields above are then of the first that failed, or of the last.',
      ),
  })
  .meta({ id: 'SubmissionResult' })

export type SubmissionResult = z.infer<typeof submissionResult>

export const submissionAnswer = z
  .object({
    id: z.string(),
    status: z.enum(['queued', 'running', 'finished', 'cancelled']),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    language: z.string(),
    result: submissionResult
      .nullable()
      .describe('Null until it has ended, and when it was cancelled before.'),
    analysis: analyzeAnswer
      .nullable()
      .describe(
        'What `/api/v1/analyze` would answer. Null until it is known, and where `analyze` was false.',
      ),
    position: z.int().optional().describe('Place in the queue while it waits, as far as it is known.'),
  })
  .meta({ id: 'Submission' })

export type SubmissionAnswer = Omit<z.infer<typeof submissionAnswer>, 'analysis'> & {
  readonly analysis: AnalysisReport | null
}
