import type { ExecutionObserver } from '../contract/events.js'
import type { StageResult } from '../contract/execution.js'
import type { ProgramInputSource } from '../contract/program-input.js'
import type { Command, Outcome, Sandbox } from '../sandbox/driver.js'
import { Dialogue } from './dialogue.js'
import { OutputBuffer } from './output-buffer.js'
import type { PlannedStage } from './plan.js'
import { UNSTARTABLE_WORDS, unstartableProgram } from './platform-failure.js'

export interface ExecutionContext {
  /** Aborting it kills the program; the result is then `cancelled`. */
  readonly signal: AbortSignal
  readonly emit: ExecutionObserver
  /** What the client says to a program it talks to. */
  readonly input?: ProgramInputSource
  /** Told when a program begins to wait without using CPU, and when it goes on or ends. */
  readonly onActivity?: (isActive: boolean) => void
}

/** Runs one stage to its end and says what came of it, with the events as it goes. */
export async function runStage(
  sandbox: Pick<Sandbox, 'run'>,
  planned: PlannedStage,
  { signal, emit, input, onActivity }: ExecutionContext,
): Promise<StageResult> {
  const { stage, command } = planned
  await emit({ type: 'stage-started', stage })
  const buffer = new OutputBuffer(command.limits.outputBytes)
  const onOutput: Command['onOutput'] = (stream, chunk) => {
    buffer.append(stream, chunk)
    return emit({ type: 'output', stage, stream, chunk })
  }
  let waits = false
  const followed: Command = {
    ...command,
    onOutput,
    onActivity: (isActive) => {
      waits = !isActive
      onActivity?.(isActive)
    },
  }
  const outcome = await (
    planned.dialogue === undefined
      ? startAndWait(sandbox, followed, signal)
      : converse(sandbox, followed, new Dialogue(planned.dialogue, input, signal))
  ).finally(() => {
    // What comes after it uses CPU again.
    if (waits) onActivity?.(true)
  })
  const { exitCode, signal: killedBy, stopReason, usage, truncated } = outcome
  const captured = buffer.finish(truncated, stopReason !== null)
  const result = { ...captured, exitCode, signal: killedBy, stopReason, usage }
  await emit({ type: 'stage-finished', stage, result })
  return result
}

async function converse(
  sandbox: Pick<Sandbox, 'run'>,
  command: Command,
  dialogue: Dialogue,
): Promise<Outcome> {
  const onOutput: Command['onOutput'] = (stream, chunk) => {
    dialogue.touch()
    return command.onOutput(stream, chunk)?.then(() => dialogue.touch())
  }
  try {
    const started = { ...command, onOutput, onStart: dialogue.onStart }
    return dialogue.end(await startAndWait(sandbox, started, dialogue.signal))
  } finally {
    dialogue.stop()
  }
}

async function startAndWait(
  sandbox: Pick<Sandbox, 'run'>,
  command: Command,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await sandbox.run(command, signal)
  } catch (error) {
    const outcome = unstartableProgram(error, command.argv)
    if (outcome === undefined) throw error
    await command.onOutput('stderr', UNSTARTABLE_WORDS)
    return outcome
  }
}
