import type { StageResult } from './stage.js'
import { VERDICTS } from './verdict.js'
import type { Verdict } from './verdict.js'

/** How the output of a test is compared with what was expected, with the sentence the documentation shows. */
export const CHECKERS = {
  exact: 'Byte for byte.',
  trimmed: 'White space at the end of lines and blank lines at the end do not count.',
  tokens: 'Words are compared; the white space between them does not count.',
  float: 'As `tokens`, and two numbers are equal when they differ by at most 1e-6, absolutely or relatively.',
} as const

export type Checker = keyof typeof CHECKERS

export interface TestCase {
  readonly name: string | null
  /** Those of the request where it has none of its own: a hundred cases do not repeat them. */
  readonly stdin?: Uint8Array
  readonly args?: readonly string[]
  /** Null where any output will do. */
  readonly expectedOutput: string | null
}

/** Cases to run one program on; it is compiled once, and each case meets it as the compiler left it. */
export interface TestPlan {
  readonly cases: readonly TestCase[]
  readonly checker: Checker
  /** Skip the cases that follow one that is not accepted. */
  readonly stopOnFailure: boolean
}

const { succeeded: _, ...FAILURES } = VERDICTS

/** Every verdict on one case with the sentence the documentation shows for it. */
export const TEST_VERDICTS = {
  accepted: 'The program succeeded and its output is what was expected.',
  wrong_answer: 'The program succeeded, but its output is not what was expected.',
  skipped: 'The case was not run.',
  ...FAILURES,
} as const

export type TestVerdict = 'accepted' | 'wrong_answer' | 'skipped' | Exclude<Verdict, 'succeeded'>

export interface TestResult {
  readonly name: string | null
  readonly verdict: TestVerdict
  /** Null where the case was skipped. Long output is cut after it was checked, and flagged. */
  readonly run: Omit<StageResult, 'output'> | null
}
