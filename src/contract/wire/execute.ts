/** `POST /api/v1/execute` and `POST /api/v2/execute`: what clients send and what they get. */
import { z } from 'zod'
import type { AnalysisReport } from '../analysis.js'
import { VERDICTS } from '../verdict.js'
import type { Verdict } from '../verdict.js'
import { LEAST_MEMORY_BYTES } from '../limits.js'
import { analyzeAnswer } from './analysis-report.js'

const positiveInteger = z.int().min(1)

/** Limits a client may ask for; what it leaves out keeps the language's default. */
export const requestedLimits = z
  .object({
    wallTimeMs: positiveInteger.nullish().describe('Wall-clock time of the program, in milliseconds.'),
    cpuTimeMs: positiveInteger
      .nullish()
      .describe('CPU time of all its processes and threads together, in milliseconds.'),
    memoryBytes: z
      .int()
      .min(LEAST_MEMORY_BYTES)
      .nullish()
      .describe('Memory of all its processes together, files it writes included, in bytes.'),
    maxProcesses: positiveInteger.nullish().describe('Processes and threads at once.'),
    outputBytes: positiveInteger
      .nullish()
      .describe('Bytes of standard output, and as many of standard error.'),
    fileSizeBytes: positiveInteger.nullish().describe('Bytes of all files it writes, together.'),
  })
  .meta({ id: 'RequestedLimits', examples: [{ wallTimeMs: 2000, memoryBytes: 134_217_728 }] })

export type RequestedLimits = z.infer<typeof requestedLimits>

/** Fields that every way of executing code shares. */
export const executeOptions = {
  language: z
    .string()
    .min(1)
    .max(128)
    .describe(
      'Id or alias of the language in any case, optionally with a version: `python`, `C++`, `python@3.13`.',
    )
    .meta({ examples: ['python'] }),
  stdin: z.string().nullish().describe('All of standard input; empty when absent.'),
  args: z.array(z.string()).nullish().describe('Command line arguments.'),
  limits: requestedLimits
    .nullish()
    .describe("Limits of the program; one above the server's maximum is refused with the maximum's name."),
  saveMetric: z
    .boolean()
    .nullish()
    .describe('Whether to keep the record of this execution. Without it nothing is kept.'),
  analyze: z
    .boolean()
    .nullish()
    .describe('Whether to analyze the code as well, beside its execution and without delaying it.'),
}

export const executeOneFile = z
  .object({ ...executeOptions, code: z.string().describe('The program. An empty string is legal.') })
  .meta({
    id: 'ExecuteOneFile',
    examples: [
      {
        language: 'python',
        code: 'def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n\nprint(f"Fibonacci(10) = {fib(10)}")\n',
      },
      {
        language: 'cpp',
        code: '#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n * n; }',
        stdin: '12',
      },
    ],
  })

export type ExecuteOneFile = z.infer<typeof executeOneFile>

export const submittedFile = z
  .object({
    filename: z
      .string()
      .describe('Name relative to the work folder; may contain folders, at most 255 bytes.')
      .meta({ examples: ['lib/utils.py'] }),
    code: z.string().describe('Content, encoded as `encoding` says.'),
    isEntryPoint: z
      .boolean()
      .nullish()
      .describe('True for the file the program starts from; needed when there are several files.'),
    encoding: z.enum(['utf8', 'base64']).nullish().describe('Encoding of `code`; `utf8` when absent.'),
  })
  .meta({ id: 'SubmittedFile' })

export type SubmittedFile = z.infer<typeof submittedFile>

export const executeFiles = z
  .object({
    ...executeOptions,
    files: z.array(submittedFile).min(1).describe('The program; exactly one file is the entry point.'),
  })
  .meta({
    id: 'ExecuteFiles',
    examples: [
      {
        language: 'python',
        files: [
          { filename: 'main.py', code: 'from utils import double\nprint(double(21))\n', isEntryPoint: true },
          { filename: 'utils.py', code: 'def double(n):\n    return 2 * n\n' },
        ],
      },
    ],
  })

export type ExecuteFiles = z.infer<typeof executeFiles>

function isVerdict(word: string): word is Verdict {
  return word in VERDICTS
}

const usage = z
  .object({
    wallTimeMs: z.int().describe('Wall-clock time in milliseconds.'),
    cpuTimeMs: z.int().describe('CPU time in milliseconds.'),
    memoryBytes: z.int().describe('Peak memory in bytes; never more than the limit.'),
  })
  .meta({ id: 'Usage' })

export type UsageAnswer = z.infer<typeof usage>

/** The answer of both endpoints: how the program ended, whatever its end. */
export const executeAnswer = z
  .object({
    succeeded: z
      .literal(true)
      .describe('The request succeeded; how the program ended is in `result.runTimeStatus`.'),
    result: z.object({
      jobId: z
        .uuid()
        .describe('Id of the execution; where `saveMetric` was asked for, the only key to its record.'),
      language: z.string().describe('Id of the language.'),
      version: z.string().describe('Version of its runtime.'),
      output: z
        .string()
        .describe('Standard output as printed; bytes that are not UTF-8 are replaced by U+FFFD.'),
      stderr: z.string().describe('Standard error, likewise.'),
      errorMessage: z
        .string()
        .nullable()
        .describe('Null when the program succeeded, else what went wrong, for people.'),
      executionTime: z.number().describe('Wall-clock time of the run stage in seconds.'),
      memoryUsage: z.string().describe('Its peak memory, in MB of 1,048,576 bytes.'),
      cpuUsage: z.string().describe('CPU time divided by wall-clock time, as a percentage.'),
      runTimeStatus: z.enum(Object.keys(VERDICTS).filter(isVerdict)).describe(
        Object.entries(VERDICTS)
          .map(([word, meaning]) => `\`${word}\`: ${meaning}`)
          .join(' '),
      ),
      exitCode: z.int().nullable().describe('Null when a signal ended the program or it did not start.'),
      signal: z.string().nullable().describe('Name of the signal that ended it, as in `SIGSEGV`.'),
      truncated: z
        .object({ stdout: z.boolean(), stderr: z.boolean() })
        .describe('Which streams were longer than the output limit and are cut.'),
      usage,
      compile: z
        .object({ output: z.string(), exitCode: z.int().nullable(), usage })
        .nullable()
        .describe(
          'The compile stage; null where the language has none. Its usage is zero where the same had been compiled before.',
        ),
    }),
    analysis: analyzeAnswer
      .nullable()
      .optional()
      .describe('Only where `analyze` was true. Null when the program ended before its analysis did.'),
  })
  .meta({
    id: 'ExecuteAnswer',
    examples: [
      {
        succeeded: true,
        result: {
          jobId: '0b7c1d1e-6a57-4b3c-9a0e-2f7d3c1b5a48',
          language: 'python',
          version: '3.13.5',
          output: 'Fibonacci(10) = 55\n',
          stderr: '',
          errorMessage: null,
          executionTime: 0.023,
          memoryUsage: '9.1MB',
          cpuUsage: '87.0%',
          runTimeStatus: 'succeeded',
          exitCode: 0,
          signal: null,
          truncated: { stdout: false, stderr: false },
          usage: { wallTimeMs: 23, cpuTimeMs: 20, memoryBytes: 9_543_680 },
          compile: null,
        },
      },
    ],
  })

export type ExecuteAnswer = Omit<z.infer<typeof executeAnswer>, 'analysis'> & {
  readonly analysis?: AnalysisReport | null
}
