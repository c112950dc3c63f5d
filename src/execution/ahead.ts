/**
 * What an execution may find already started: a compiler that stays, a runtime that waits for its program. Both are
 * offers; whoever has nothing ready answers undefined, and the execution goes the ordinary way.
 */
import type { Artefact, ExecutionRequest, StageResult } from '../contract/execution.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import type { HeldSandbox } from '../sandbox/driver.js'
import type { ExecutionPlan, PlannedStage } from './plan.js'
import { OutputBuffer } from './output-buffer.js'
import type { ExecutionContext } from './run-stage.js'
import { runStage } from './run-stage.js'

/** How a compilation by a resident compiler ended; `output` is what the compiler said. */
export interface Compiled extends Omit<StageResult, 'stdout' | 'stderr' | 'output' | 'truncated'> {
  readonly output: Uint8Array
  readonly artefacts: readonly Artefact[]
  /** Whether the compiler that made it still serves; what it made is to be kept no longer than itself. */
  readonly isCurrent?: () => boolean
}

export interface Ahead {
  /**
   * Compiles the request as its compile stage would. Undefined where no compiler is ready, or where this one could
   * not say what a compiler of the execution's own would have said.
   */
  compile(
    language: LanguageDefinition,
    request: Pick<ExecutionRequest, 'files' | 'entryPoint'>,
    stage: PlannedStage,
    signal: AbortSignal,
  ): Promise<Compiled | undefined>
  /** A runtime that was started for this stage of this language, now the caller's to release and dispose of. */
  take(language: LanguageDefinition, plan: ExecutionPlan, stage: PlannedStage): HeldSandbox | undefined
}

export interface CompiledStage extends Pick<Compiled, 'artefacts' | 'isCurrent'> {
  readonly result: StageResult
}

/** The compile stage by a resident compiler, with its events, which come when it is over. */
export async function compileAhead(
  ahead: Ahead,
  language: LanguageDefinition,
  request: ExecutionRequest,
  stage: PlannedStage,
  { signal, emit }: ExecutionContext,
): Promise<CompiledStage | undefined> {
  const compiled = await ahead.compile(language, request, stage, signal)
  if (compiled === undefined) return undefined
  await emit({ type: 'stage-started', stage: 'compile' })
  const { output, artefacts, isCurrent, ...end } = compiled
  const { outputBytes } = stage.command.limits
  const buffer = new OutputBuffer(outputBytes)
  if (output.length > 0) {
    const chunk = output.subarray(0, outputBytes)
    buffer.append('stderr', chunk)
    await emit({ type: 'output', stage: 'compile', stream: 'stderr', chunk })
  }
  const result = { ...end, ...buffer.finish({ stdout: false, stderr: false }, end.stopReason !== null) }
  await emit({ type: 'stage-finished', stage: 'compile', result })
  return { result, artefacts, ...(isCurrent && { isCurrent }) }
}

/** The run stage by a runtime that was started ahead. Disposes of it, whatever happened. */
export async function runAhead(
  held: HeldSandbox,
  plan: ExecutionPlan,
  stage: PlannedStage,
  artefacts: readonly Artefact[],
  context: ExecutionContext,
  onDisposeFailure: (error: unknown) => void,
): Promise<StageResult> {
  const { files, fileSystemBytes } = plan.sandbox
  const task = taskOf(stage.command.argv)
  try {
    return await runStage(
      {
        run: (command, signal) => held.release({ task, files, artefacts, fileSystemBytes, command }, signal),
      },
      stage,
      context,
    )
  } finally {
    await held.dispose().catch(onDisposeFailure)
  }
}

/** The command as a waiting runtime reads it: u32 little endian size, and each argument with a NUL after it. */
export function taskOf(argv: readonly string[]): Uint8Array {
  const words = Buffer.from(argv.map((word) => `${word}\0`).join(''))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(words.length)
  return Buffer.concat([size, words])
}
