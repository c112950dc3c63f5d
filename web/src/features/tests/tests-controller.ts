/**
 * Runs the test cases. Where the server takes submissions, the program is compiled once and run for each case; else
 * each case is one execution and the page compares.
 */
import type { ApiClient } from '../../api/client.js'
import { ProblemError, problemOf, toProblem, type Problem } from '../../api/problem.js'
import { followSubmission } from '../../api/submission-events.js'
import type { ExecuteBody, ExecutionResult, TestResult } from '../../api/wire.js'
import type { Store } from '../../state/store.js'
import type { TestCase } from '../../state/tests-slice.js'
import { resultDiagnostics } from '../findings/result-diagnostics.js'
import type { ServiceWatch } from '../languages/service-watch.js'
import { executeBody, InputError } from '../run/execute-body.js'
import { outputMatches } from './compare-output.js'

export interface TestsController {
  readonly start: () => void
  readonly stop: () => void
}

type Results = Readonly<Record<string, TestResult>>

export function createTestsController(store: Store, api: ApiClient, watch: ServiceWatch): TestsController {
  let abort = new AbortController()

  function fail(sequence: number, problem: Problem): void {
    store.dispatch({ type: 'tests-failed', sequence, problem })
    if (problem.kind === 'restarting') {
      watch.expectRestart()
    } else if (problem.kind === 'offline' || problem.kind === 'interrupted') {
      watch.check()
    }
  }

  function finish(sequence: number, result: ExecutionResult | null, results: Results): void {
    const compileFailed = result?.runTimeStatus === 'compile_error'
    const compileError = compileFailed
      ? result.errorMessage || result.compile?.output || 'Compilation failed.'
      : ''
    if (result) {
      const paths = store.getState().project.project.files.map((file) => file.path)
      const diagnostics = resultDiagnostics(result, '', paths)
      store.dispatch({ type: 'diagnostics-found', diagnostics })
    }
    store.dispatch({ type: 'tests-finished', sequence, results, compileError })
  }

  async function bySubmission(
    sequence: number,
    body: ExecuteBody,
    cases: readonly TestCase[],
  ): Promise<void> {
    const { checker, stopOnFailure } = store.getState().tests
    const { signal } = abort
    const tests = cases.map(({ name, stdin, expectedOutput }) => ({ name, stdin, expectedOutput }))
    const id = await api.submit({ ...withoutInput(body), tests, checker, stopOnFailure }, signal)
    const result = await new Promise<ExecutionResult>((resolve, reject) => {
      const unfollow = followSubmission(id, {
        onQueued: () => store.dispatch({ type: 'tests-stage', sequence, stage: 'queued' }),
        onStage: (stage) => store.dispatch({ type: 'tests-stage', sequence, stage }),
        onResult: resolve,
        onWaiting: () => watch.check(),
        onLost: () => resolve(finishedResult(id)),
      })
      signal.addEventListener('abort', () => {
        unfollow()
        void api.cancelSubmission(id).catch(() => undefined)
        reject(signal.reason)
      })
    })
    const results = (result.tests ?? []).map((test, index) => [cases[index]?.id ?? '', test] as const)
    finish(sequence, result, Object.fromEntries(results))
  }

  /** The result of a submission whose events cannot be followed any more. */
  async function finishedResult(id: string): Promise<ExecutionResult> {
    const { result } = await api.submission(id).catch(() => ({ result: null }))
    if (!result) {
      throw new ProblemError(problemOf('interrupted'))
    }
    return result
  }

  async function byExecutions(
    sequence: number,
    body: ExecuteBody,
    cases: readonly TestCase[],
  ): Promise<void> {
    const { checker, stopOnFailure } = store.getState().tests
    const results: Record<string, TestResult> = {}
    let last: ExecutionResult | null = null
    let failed = false
    for (const test of cases) {
      if (failed && stopOnFailure) {
        results[test.id] = skipped(test)
        continue
      }
      last = await api.execute({ ...withoutInput(body), stdin: test.stdin }, abort.signal)
      if (last.runTimeStatus === 'compile_error') {
        break
      }
      const result = judged(test, last, outputMatches(test.expectedOutput, last.output, checker))
      failed ||= result.verdict !== 'accepted'
      results[test.id] = result
      store.dispatch({ type: 'tests-progress', sequence, results: { ...results } })
    }
    finish(sequence, last, results)
  }

  return {
    start: () => {
      const { project, tests, service } = store.getState()
      if (tests.phase !== 'idle' || tests.cases.length === 0 || project.language === '') {
        return
      }
      const sequence = tests.sequence + 1
      store.dispatch({ type: 'tests-started', sequence })
      abort = new AbortController()
      const { signal } = abort
      const run = service.capabilities?.submissions ? bySubmission : byExecutions
      const report = (error: unknown) => {
        if (!signal.aborted) {
          fail(
            sequence,
            error instanceof InputError ? problemOf('rejected', error.message) : toProblem(error),
          )
        }
      }
      try {
        run(sequence, executeBody(project), tests.cases).catch(report)
      } catch (error) {
        report(error)
      }
    },
    stop: () => {
      abort.abort()
      const { sequence, phase } = store.getState().tests
      if (phase !== 'idle') {
        store.dispatch({ type: 'tests-failed', sequence, problem: null })
      }
    },
  }
}

/** Each case brings its own input. */
function withoutInput({ language, files, args, limits }: ExecuteBody): ExecuteBody {
  return { language, files, ...(args ? { args } : {}), ...(limits ? { limits } : {}) }
}

function judged(test: TestCase, result: ExecutionResult, matches: boolean): TestResult {
  const ended = result.runTimeStatus === 'succeeded'
  const verdict = ended ? (matches ? 'accepted' : 'wrong_answer') : result.runTimeStatus
  return { name: test.name, verdict, stdout: result.output, stderr: result.stderr, usage: result.usage }
}

function skipped(test: TestCase): TestResult {
  return { name: test.name, verdict: 'skipped', stdout: '', stderr: '', usage: null }
}
