/**
 * How the stages ended → what the client is told. Pure. The first stage that failed decides, and in it the first
 * cause: a stop from outside before the exit status, for a stopped program's exit status is our doing.
 */
import type { StageResult } from '../contract/execution.js'
import type { StopReason, Verdict } from '../contract/verdict.js'

export type StageEnd = Pick<StageResult, 'exitCode' | 'signal' | 'stopReason' | 'stderr' | 'output'>

export interface StageEnds {
  /** Null where the language has no compile stage. */
  readonly compile: StageEnd | null
  /** Null where compilation failed. */
  readonly run: StageEnd | null
}

export interface VerdictWithMessage {
  readonly status: Verdict
  /** Null when the program succeeded. */
  readonly errorMessage: string | null
}

/** The sentence for `internal_error`; what failed is for the operator's log alone. */
export const INTERNAL_ERROR_MESSAGE = 'The service failed to run the program; please try again.'
export const CANCELLED_MESSAGE = 'The execution was cancelled.'

const STOPPED: Readonly<Record<StopReason, VerdictWithMessage>> = {
  cpu: { status: 'time_limit_exceeded', errorMessage: 'Time limit exceeded' },
  wall: { status: 'time_limit_exceeded', errorMessage: 'Time limit exceeded' },
  idle: {
    status: 'time_limit_exceeded',
    errorMessage: 'Time limit exceeded: idle for too long, with neither input nor output',
  },
  memory: { status: 'memory_limit_exceeded', errorMessage: 'Memory limit exceeded' },
  output: { status: 'output_limit_exceeded', errorMessage: 'Output limit exceeded' },
  cancelled: { status: 'cancelled', errorMessage: CANCELLED_MESSAGE },
}

export function verdictFor({ compile, run }: StageEnds): VerdictWithMessage {
  if (compile !== null && !passed(compile)) return compileVerdict(compile)
  if (run === null) return { status: 'internal_error', errorMessage: INTERNAL_ERROR_MESSAGE }
  return runVerdict(run)
}

/** Whether the next stage may start. */
export function passed(stage: StageEnd): boolean {
  return stage.stopReason === null && stage.exitCode === 0
}

function compileVerdict(compile: StageEnd): VerdictWithMessage {
  // A compiler that floods its output has made no program, and its first words say why.
  if (compile.stopReason === null || compile.stopReason === 'output') {
    return endedWithoutStatus(compile) ?? { status: 'compile_error', errorMessage: compilerWords(compile) }
  }
  const { status, errorMessage } = STOPPED[compile.stopReason]
  return {
    status,
    errorMessage: status === 'cancelled' ? errorMessage : `${errorMessage} during compilation`,
  }
}

function runVerdict(run: StageEnd): VerdictWithMessage {
  if (run.stopReason !== null) return STOPPED[run.stopReason]
  if (run.exitCode === 0) return { status: 'succeeded', errorMessage: null }
  return endedWithoutStatus(run) ?? { status: 'runtime_error', errorMessage: programWords(run) }
}

/** A command that neither exited, nor was killed, nor was stopped: no kernel reports that. */
function endedWithoutStatus(end: StageEnd): VerdictWithMessage | undefined {
  if (end.stopReason !== null || end.exitCode !== null || end.signal !== null) return undefined
  return { status: 'internal_error', errorMessage: INTERNAL_ERROR_MESSAGE }
}

function compilerWords(end: StageEnd): string {
  if (!isBlank(end.output)) return end.output
  if (end.stopReason === 'output') return 'Output limit exceeded during compilation'
  return end.signal === null
    ? `The compiler exited with code ${end.exitCode}`
    : `The compiler was killed by ${end.signal}`
}

function programWords(end: StageEnd): string {
  if (!isBlank(end.stderr)) return end.stderr
  return end.signal === null ? `Exited with code ${end.exitCode}` : `Killed by ${end.signal}`
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}
