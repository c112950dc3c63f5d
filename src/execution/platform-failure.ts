/**
 * A sandbox driver's failure, as the client hears of it and as the worker acts on it. What failed stays in `cause`:
 * the operator's log has it, the client has one sentence.
 */
import { ServiceError } from '../contract/errors.js'
import type { Outcome } from '../sandbox/driver.js'
import { SandboxError } from '../sandbox/driver.js'
import { INTERNAL_ERROR_MESSAGE } from './verdict.js'

/** For whoever logs: which execution met the failure, and the failure itself. */
export interface PlatformFailure {
  readonly jobId: string
  readonly language: string
  readonly error: unknown
}

/** By then what else runs now has mostly ended. */
const MEMORY_RETRY_AFTER_SECONDS = 5

/** No sandbox could be opened, so nothing of the program has run. */
export function openFailure(error: unknown): ServiceError {
  if (error instanceof SandboxError && error.step === 'limits') {
    return new ServiceError('LIMIT_NOT_ENFORCEABLE', 'This server cannot enforce the requested limits.', {
      cause: error,
    })
  }
  return new ServiceError(
    'SANDBOX_UNAVAILABLE',
    'No sandbox could be made just now and the program has not run; please try again.',
    { cause: error },
  )
}

/** A command could not be started or not be watched to its end. */
export function commandFailure(error: unknown): ServiceError {
  if (error instanceof SandboxError && error.step === 'exec' && error.errno === 'E2BIG') {
    return new ServiceError('INVALID_INPUT', 'Invalid input: args are longer than a command line may be.', {
      cause: error,
    })
  }
  if (error instanceof SandboxError && error.step === 'outer-memory') {
    return new ServiceError(
      'SANDBOX_UNAVAILABLE',
      'The server ran out of memory and ended the program, which was within its own limit; please try again in a moment.',
      { cause: error, retryAfterSeconds: MEMORY_RETRY_AFTER_SECONDS },
    )
  }
  // `container`: there was none to run the command in; `clone`: no process could be made, as where the service's own
  // control group has a limit on them.
  if (error instanceof SandboxError && ['limits', 'container', 'clone'].includes(error.step))
    return openFailure(error)
  return new ServiceError('INTERNAL_ERROR', INTERNAL_ERROR_MESSAGE, { cause: error })
}

/** Steps whose failure is no accident: the same request meets it again. */
const CERTAIN_STEPS: ReadonlySet<string> = new Set(['exec', 'limits'])

/** Whether the platform failed in a way that another try may not meet, such as the supervisor's death. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof ServiceError &&
    error.cause instanceof SandboxError &&
    !CERTAIN_STEPS.has(error.cause.step)
  )
}

/** What stands on standard error then, as a shell would have said it. */
export const UNSTARTABLE_WORDS = Buffer.from('Compilation left no program that can be started.\n')

/**
 * Outcome of a program that its own compilation left unstartable, with the exit codes of a shell; undefined where
 * the failure is another one. Only compilers write to /out, so a command there is the client's program.
 */
export function unstartableProgram(error: unknown, argv: readonly string[]): Outcome | undefined {
  if (!(error instanceof SandboxError) || error.step !== 'exec' || error.errno === 'E2BIG') return undefined
  if (argv[0]?.startsWith('/out/') !== true) return undefined
  return {
    exitCode: error.errno === 'ENOENT' ? 127 : 126,
    signal: null,
    stopReason: null,
    truncated: { stdout: false, stderr: false },
    usage: { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 },
  }
}
