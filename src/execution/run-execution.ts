/**
 * Runs one execution: its stages in order in one sandbox that exists for it alone. A program that fails is a result;
 * a platform that fails is a ServiceError whose cause goes to `onPlatformFailure`.
 */
import { ServiceError } from '../contract/errors.js'
import type { ExecutionRequest, ExecutionResult, StageResult } from '../contract/execution.js'
import type { TestPlan, TestResult } from '../contract/test-case.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import type { Sandbox, SandboxDriver } from '../sandbox/driver.js'
import { withSandbox } from '../sandbox/with-sandbox.js'
import type { Ahead, CompiledStage } from './ahead.js'
import { compileAhead, runAhead } from './ahead.js'
import { cachedCompileOf } from './cached-compile.js'
import type { CachedCompileStage, CompileCaching } from './cached-compile.js'
import type { ExecutionPlan, StageCpus } from './plan.js'
import { planExecution } from './plan.js'
import type { PlatformFailure } from './platform-failure.js'
import { commandFailure, openFailure } from './platform-failure.js'
import { runStage } from './run-stage.js'
import type { ExecutionContext } from './run-stage.js'
import { allSkipped, runTests } from './run-tests.js'
import { CANCELLED_MESSAGE, passed, verdictFor } from './verdict.js'

export type { ExecutionContext } from './run-stage.js'

export interface ExecutionDependencies {
  readonly driver: SandboxDriver
  readonly language: (id: string) => LanguageDefinition | undefined
  /** Version of the installed runtime as it reported itself, or undefined while there is none. */
  readonly runtimeVersion: (id: string) => string | undefined
  readonly cpus: StageCpus
  /** What is already started, where anything is. */
  readonly ahead?: Ahead
  /** What compile stages made before, where it is kept. */
  readonly compileCaching?: CompileCaching
  /** Told every failure of the platform, with its cause. */
  readonly onPlatformFailure?: (failure: PlatformFailure) => void
}

interface StageResults {
  compile: StageResult | null
  run: StageResult | null
  tests?: readonly TestResult[]
}

export async function runExecution(
  request: ExecutionRequest,
  context: ExecutionContext,
  dependencies: ExecutionDependencies,
): Promise<ExecutionResult> {
  const { jobId, language: id } = request
  const language = dependencies.language(id)
  if (language === undefined) {
    throw new ServiceError('LANGUAGE_NOT_SUPPORTED', `Language not supported: ${id}.`)
  }
  const version = dependencies.runtimeVersion(id)
  if (version === undefined) {
    throw new ServiceError('LANGUAGE_NOT_READY', `${language.name} is not ready on this server yet.`)
  }
  const plan = planExecution(language, request, dependencies.cpus)
  const results = context.signal.aborted
    ? { compile: null, run: null }
    : await runInSandbox(plan, language, request, context, dependencies)
  return { jobId, language: id, version, ...conclusion(results, context.signal), ...results }
}

async function runInSandbox(
  plan: ExecutionPlan,
  language: LanguageDefinition,
  request: ExecutionRequest,
  context: ExecutionContext,
  dependencies: ExecutionDependencies,
): Promise<StageResults> {
  const { jobId, language: id, tests } = request
  const { driver, ahead, compileCaching, onPlatformFailure } = dependencies
  const report = (error: unknown): void => onPlatformFailure?.({ jobId, language: id, error })
  let opened = false
  try {
    const cached = cachedCompileOf(compileCaching, driver.name, language, plan, request.entryPoint)
    const compiled = await compileBefore(cached, plan, language, request, context, ahead)
    if (compiled !== undefined && !passed(compiled.result)) {
      return {
        compile: compiled.result,
        run: null,
        ...(tests !== undefined && { tests: allSkipped(tests) }),
      }
    }
    const rest = { ...plan, stages: compiled === undefined ? plan.stages : plan.stages.slice(1) }
    const [only] = rest.stages
    const held =
      ahead && only?.stage === 'run' && !context.signal.aborted ? ahead.take(language, plan, only) : undefined
    if (held !== undefined && only !== undefined) {
      opened = true
      const run = await runAhead(held, plan, only, compiled?.artefacts ?? [], context, report)
      return { compile: compiled?.result ?? null, run }
    }
    const spec = { executionId: jobId, ...plan.sandbox, ...(compiled && { artefacts: compiled.artefacts }) }
    const results = await withSandbox(
      driver,
      spec,
      (sandbox) => {
        opened = true
        return runStages(sandbox, rest, tests, cached, context, report)
      },
      report,
    )
    return compiled === undefined ? results : { ...results, compile: compiled.result }
  } catch (error) {
    const failure = opened ? commandFailure(error) : openFailure(error)
    if (failure.code !== 'INVALID_INPUT') report(error)
    throw failure
  }
}

/** The compile stage without a sandbox of the execution's own: from the cache, or by a compiler that stays. */
async function compileBefore(
  cached: CachedCompileStage | undefined,
  plan: ExecutionPlan,
  language: LanguageDefinition,
  request: ExecutionRequest,
  context: ExecutionContext,
  ahead: Ahead | undefined,
): Promise<CompiledStage | undefined> {
  const [first] = plan.stages
  const kept = await cached?.replay(context)
  if (kept !== undefined || ahead === undefined || first?.stage !== 'compile') return kept
  const compiled = await compileAhead(ahead, language, request, first, cached?.noting(context) ?? context)
  if (compiled !== undefined && passed(compiled.result)) cached?.keep(compiled)
  return compiled
}

async function runStages(
  sandbox: Sandbox,
  plan: ExecutionPlan,
  tests: TestPlan | undefined,
  cached: CachedCompileStage | undefined,
  context: ExecutionContext,
  report: (error: unknown) => void,
): Promise<StageResults> {
  const results: StageResults = { compile: null, run: null }
  for (const stage of plan.stages) {
    if (context.signal.aborted) break
    const isCompile = stage.stage === 'compile'
    const result = await runStage(sandbox, stage, isCompile ? (cached?.noting(context) ?? context) : context)
    results[stage.stage] = result
    if (!passed(result)) break
    if (isCompile) await cached?.collect(sandbox, result, report)
  }
  if (tests === undefined) return results
  if (results.compile !== null && !passed(results.compile)) return { ...results, tests: allSkipped(tests) }
  return { ...results, ...(await runTests(sandbox, plan.cases, tests, context)) }
}

/** An execution cancelled between two stages or cases, or before the first, has no stage that says so. */
function conclusion(
  results: StageResults,
  signal: AbortSignal,
): Pick<ExecutionResult, 'status' | 'errorMessage'> {
  const compiled = results.compile === null || passed(results.compile)
  const misses = results.run === null || results.tests?.some(({ verdict }) => verdict === 'skipped') === true
  if (compiled && misses && signal.aborted) return { status: 'cancelled', errorMessage: CANCELLED_MESSAGE }
  return verdictFor(results)
}
