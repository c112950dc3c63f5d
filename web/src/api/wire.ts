/** The shapes of the HTTP and WebSocket contract that the page uses, and their decoders. */
import { VERDICTS, type Verdict } from '../../../src/contract/verdict.js'
import {
  array,
  asObject,
  boolean,
  nullable,
  number,
  object,
  oneOf,
  orElse,
  string,
  type Decoded,
  type Decoder,
} from './decode.js'

const verdict: Decoder<Verdict> = oneOf(...(Object.keys(VERDICTS) as Verdict[]))
const usage = object({ wallTimeMs: number, cpuTimeMs: number, memoryBytes: number })
const truncated = object({ stdout: orElse(boolean, false), stderr: orElse(boolean, false) })

const limits = object({ wallTimeMs: number, cpuTimeMs: number, memoryBytes: number })

const sampleFile = object({ filename: string, code: string, isEntryPoint: orElse(boolean, false) })
const sample = object({
  files: array(sampleFile),
  stdin: orElse(string, ''),
  args: orElse(array(string), []),
  expectedOutput: orElse(string, ''),
})
export type Sample = Decoded<typeof sample>

const installation = object({ step: orElse(string, ''), fraction: nullable(number) })

const language = object({
  id: string,
  name: string,
  version: orElse(string, ''),
  aliases: orElse(array(string), []),
  extensions: orElse(array(string), []),
  monaco: orElse(string, 'plaintext'),
  hasCompileStage: orElse(boolean, false),
  limits: nullable(object({ run: limits })),
  libraries: orElse(array(string), []),
  sample: nullable(sample),
  state: oneOf('ready', 'installing', 'failed', 'absent'),
  installation: nullable(installation),
})

export type Language = Decoded<typeof language>

export const languageList: Decoder<Language[]> = (value, path) =>
  array(language)(Array.isArray(value) ? value : asObject(value, path)['languages'], path)

const compileStage = object({
  output: orElse(string, ''),
  exitCode: nullable(number),
  usage: nullable(usage),
})

const testResult = object({
  name: nullable(string),
  verdict: oneOf('accepted', 'wrong_answer', 'skipped', ...(Object.keys(VERDICTS) as Verdict[])),
  stdout: orElse(string, ''),
  stderr: orElse(string, ''),
  usage: nullable(usage),
})

export const executionResult = object({
  jobId: string,
  language: string,
  version: orElse(string, ''),
  output: orElse(string, ''),
  stderr: orElse(string, ''),
  errorMessage: nullable(string),
  runTimeStatus: verdict,
  exitCode: nullable(number),
  signal: nullable(string),
  truncated: orElse(truncated, { stdout: false, stderr: false }),
  usage: nullable(usage),
  compile: nullable(compileStage),
  tests: nullable(array(testResult)),
})

export type ExecutionResult = Decoded<typeof executionResult>
export type TestResult = Decoded<typeof testResult>
export type TestVerdict = TestResult['verdict']

export const executeAnswer = object({ result: executionResult })

const finding = object({
  rule: string,
  category: orElse(string, ''),
  severity: oneOf('critical', 'high', 'medium', 'low'),
  message: string,
  file: orElse(string, ''),
  line: number,
  column: orElse(number, 1),
  endLine: nullable(number),
  endColumn: nullable(number),
})

export type AnalysisFinding = Decoded<typeof finding>
export const analyzeAnswer = object({ findings: array(finding) })

export const submission = object({
  id: string,
  status: oneOf('queued', 'running', 'finished', 'cancelled'),
  position: nullable(number),
  result: nullable(executionResult),
})
export type Submission = Decoded<typeof submission>
export const submissionAccepted = object({ id: string })

export const shareCreated = object({ id: string, url: orElse(string, ''), expiresAt: nullable(string) })
export type ShareCreated = Decoded<typeof shareCreated>

export interface WireFile {
  readonly filename: string
  readonly code: string
  readonly isEntryPoint?: boolean
  readonly encoding?: 'utf8' | 'base64'
}

export interface WireLimits {
  readonly wallTimeMs?: number
  readonly cpuTimeMs?: number
  readonly memoryBytes?: number
}

/** Body of an execution, the same for HTTP, WebSocket and submissions. */
export interface ExecuteBody {
  readonly language: string
  readonly files: readonly WireFile[]
  readonly stdin?: string
  readonly args?: readonly string[]
  readonly limits?: WireLimits
}

export type Checker = 'exact' | 'trimmed' | 'tokens' | 'float'

export interface SubmissionBody extends ExecuteBody {
  readonly tests?: readonly {
    readonly name?: string
    readonly stdin?: string
    readonly args?: readonly string[]
    readonly expectedOutput?: string
  }[]
  readonly checker?: Checker
  readonly stopOnFailure?: boolean
}

export interface ShareBody {
  readonly language: string
  readonly files: readonly WireFile[]
  readonly stdin?: string
  readonly args?: readonly string[]
}

const wireFile = object({
  filename: string,
  code: string,
  isEntryPoint: orElse(boolean, false),
  encoding: orElse(oneOf('utf8', 'base64'), 'utf8'),
})

const shared = object({
  language: string,
  files: array(wireFile),
  stdin: orElse(string, ''),
  args: orElse(array(string), []),
})
export type Shared = Decoded<typeof shared>

/** A share may wrap what was shared, or be it. */
export const shareContent: Decoder<Shared> = (value, path) => {
  const source = asObject(value, path)
  return shared(source['content'] ?? source, path)
}
