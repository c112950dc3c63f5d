/**
 * Runs a program on each of its test cases, in the sandbox it was compiled in. Every case is an ephemeral command: it
 * finds the files as the compiler left them and nothing of the cases before it.
 */
import type { StageResult } from '../contract/execution.js'
import type { TestCase, TestPlan, TestResult, TestVerdict } from '../contract/test-case.js'
import type { Sandbox } from '../sandbox/driver.js'
import { outputMatches } from './check-output.js'
import type { PlannedStage } from './plan.js'
import type { ExecutionContext } from './run-stage.js'
import { runStage } from './run-stage.js'
import { passed, verdictFor } from './verdict.js'

/** Characters of each stream that a case's result keeps: what a person reads, times a hundred cases. */
const KEPT_CHARACTERS = 65_536

export interface TestedProgram {
  /** Of the first case whose program failed, else of the last that ran. */
  readonly run: StageResult | null
  readonly tests: readonly TestResult[]
}

export async function runTests(
  sandbox: Sandbox,
  stages: readonly PlannedStage[],
  { cases, checker, stopOnFailure }: TestPlan,
  context: ExecutionContext,
): Promise<TestedProgram> {
  const tests: TestResult[] = []
  let deciding: StageResult | null = null
  let stopped = false
  for (const [index, test] of cases.entries()) {
    const stage = stages[index]
    stopped ||= context.signal.aborted
    if (stopped || stage === undefined) {
      tests.push(skipped(test))
      continue
    }
    const result = await runStage(sandbox, stage, context)
    const verdict = verdictOn(result, test, checker)
    tests.push({ name: test.name, verdict, run: kept(result) })
    if (deciding === null || passed(deciding)) deciding = result
    stopped = stopOnFailure && verdict !== 'accepted'
  }
  return { run: deciding, tests }
}

/** Where the program could not be compiled. */
export function allSkipped({ cases }: TestPlan): readonly TestResult[] {
  return cases.map(skipped)
}

function skipped({ name }: TestCase): TestResult {
  return { name, verdict: 'skipped', run: null }
}

function verdictOn(run: StageResult, test: TestCase, checker: TestPlan['checker']): TestVerdict {
  const { status } = verdictFor({ compile: null, run })
  if (status !== 'succeeded') return status
  const { expectedOutput } = test
  return expectedOutput === null || outputMatches(checker, run.stdout, expectedOutput)
    ? 'accepted'
    : 'wrong_answer'
}

function kept({ stdout, stderr, truncated, ...result }: StageResult): TestResult['run'] {
  const { exitCode, signal, stopReason, usage } = result
  return {
    exitCode,
    signal,
    stopReason,
    usage,
    stdout: cut(stdout),
    stderr: cut(stderr),
    truncated: {
      stdout: truncated.stdout || stdout.length > KEPT_CHARACTERS,
      stderr: truncated.stderr || stderr.length > KEPT_CHARACTERS,
    },
  }
}

/** The beginning of a text, never half a character. */
function cut(text: string): string {
  const beginning = text.slice(0, KEPT_CHARACTERS)
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1)
}
