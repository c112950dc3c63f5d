/**
 * Runs one execution: its stages in order in one sandbox that exists for it alone. A program that fails is a result;
 * a platform that fails is a ServiceError whose cause goes to `onPlatformFailure`.
 */
import { ServiceError } from '../contract/errors.js'
import type { ExecutionObserver } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult, StageResult } from '../contract/execution.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import type { Outcome, Sandbox, SandboxDriver } from '../sandbox/driver.js'
import { withSandbox } from '../sandbox/with-sandbox.js'
import { OutputBuffer } from './output-buffer.js'
import type { ExecutionPlan, PlannedStage, StageCpus } from './plan.js'
import { planExecution } from './plan.js'
import type { PlatformFailure } from './platform-failure.js'
import { UNSTARTABLE_WORDS, commandFailure, openFailure, unstartableProgram } from './platform-failure.js'
import { CANCELLED_MESSAGE, passed, verdictFor } from './verdict.js'

export interface ExecutionDependencies {
  readonly driver: SandboxDriver
  readonly language: (id: string) => LanguageDefinition | undefined
  /** Version of the installed runtime as it reported itself, or undefined while there is none. */
  readonly runtimeVersion: (id: string) => string | undefined
  readonly cpus: StageCpus
  /** Told every failure of the platform, with its cause. */
  readonly onPlatformFailure?: (failure: PlatformFailure) => void
}

export interface ExecutionContext {
  /** Aborting it kills the program; the result is then `cancelled`. */
  readonly signal: AbortSignal
  readonly emit: ExecutionObserver
}

interface StageResults {
  compile: StageResult | null
  run: StageResult | null
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
    : await runInSandbox(plan, request, context, dependencies)
  return { jobId, language: id, version, ...conclusion(results, context.signal), ...results }
}

async function runInSandbox(
  plan: ExecutionPlan,
  { jobId, language }: ExecutionRequest,
  context: ExecutionContext,
  { driver, onPlatformFailure }: ExecutionDependencies,
): Promise<StageResults> {
  const report = (error: unknown): void => onPlatformFailure?.({ jobId, language, error })
  const spec = { executionId: jobId, ...plan.sandbox }
  let opened = false
  try {
    return await withSandbox(
      driver,
      spec,
      (sandbox) => {
        opened = true
        return runStages(sandbox, plan.stages, context)
      },
      report,
    )
  } catch (error) {
    const failure = opened ? commandFailure(error) : openFailure(error)
    if (failure.code !== 'INVALID_INPUT') report(error)
    throw failure
  }
}

async function runStages(
  sandbox: Sandbox,
  stages: readonly PlannedStage[],
  context: ExecutionContext,
): Promise<StageResults> {
  const results: StageResults = { compile: null, run: null }
  for (const stage of stages) {
    if (context.signal.aborted) break
    const result = await runStage(sandbox, stage, context)
    results[stage.stage] = result
    if (!passed(result)) break
  }
  return results
}

async function runStage(
  sandbox: Sandbox,
  planned: PlannedStage,
  { signal, emit }: ExecutionContext,
): Promise<StageResult> {
  const { stage, command } = planned
  emit({ type: 'stage-started', stage })
  const buffer = new OutputBuffer(command.limits.outputBytes)
  const outcome = await startAndWait(
    sandbox,
    planned,
    (stream, chunk) => {
      buffer.append(stream, chunk)
      emit({ type: 'output', stage, stream, chunk })
    },
    signal,
  )
  const { exitCode, signal: killedBy, stopReason, usage, truncated } = outcome
  const captured = buffer.finish(truncated, stopReason !== null)
  const result = { ...captured, exitCode, signal: killedBy, stopReason, usage }
  emit({ type: 'stage-finished', stage, result })
  return result
}

async function startAndWait(
  sandbox: Sandbox,
  { command }: PlannedStage,
  onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await sandbox.run({ ...command, onOutput }, signal)
  } catch (error) {
    const outcome = unstartableProgram(error, command.argv)
    if (outcome === undefined) throw error
    onOutput('stderr', UNSTARTABLE_WORDS)
    return outcome
  }
}

/** An execution cancelled between two stages, or before the first, has no stage that says so. */
function conclusion(
  results: StageResults,
  signal: AbortSignal,
): Pick<ExecutionResult, 'status' | 'errorMessage'> {
  const missesARun = results.run === null && (results.compile === null || passed(results.compile))
  if (missesARun && signal.aborted) return { status: 'cancelled', errorMessage: CANCELLED_MESSAGE }
  return verdictFor(results)
}
