/** The trial run of an image: a sample of its language in a sandbox, started as any program. */
import type { ExecutionRequest } from '../contract/execution.js'
import type { StageLimits } from '../contract/limits.js'
import type { ReadyImage } from '../images/image-store.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import type { SandboxDriver } from '../sandbox/driver.js'
import type { StageCpus } from './plan.js'
import { runExecution } from './run-execution.js'

export interface TrialOptions {
  readonly driver: SandboxDriver
  readonly limits: StageLimits
  readonly cpus: StageCpus
  readonly signal: AbortSignal
}

/** A request for the first sample of a language. */
export function sampleRequest(language: LanguageDefinition, limits: StageLimits): ExecutionRequest {
  const [sample] = language.samples
  const files = Object.entries(sample.files).map(([name, text]) => ({ name, content: Buffer.from(text) }))
  return {
    jobId: `trial-${language.id}`,
    language: language.id,
    files,
    entryPoint: files[0]?.name ?? '',
    stdin: Buffer.from(sample.stdin ?? ''),
    args: sample.args ?? [],
    limits,
  }
}

/**
 * Runs the first sample of the language. Resolves with undefined when it did what it must, otherwise with the reason,
 * for the operator: it may name files of this host.
 */
export async function proveImage(
  image: ReadyImage,
  language: LanguageDefinition,
  { driver, limits, cpus, signal }: TrialOptions,
): Promise<string | undefined> {
  // Without prepared starts: they are an addition to a language that works.
  const { warm: _warm, ahead: _ahead, ...plain } = language
  let failure: unknown
  try {
    const { status, errorMessage, run } = await runExecution(
      sampleRequest(language, limits),
      { signal, emit: () => undefined },
      {
        driver,
        language: () => plain,
        runtimeVersion: () => image.version,
        cpus,
        onPlatformFailure: ({ error }) => {
          failure = error
        },
      },
    )
    if (status !== 'succeeded') return `its first program ended as ${status}: ${errorMessage ?? ''}`.trim()
    return run?.stdout === language.samples[0].expectedOutput
      ? undefined
      : `its first program printed ${JSON.stringify(run?.stdout.slice(0, 200))}`
  } catch (error) {
    const cause = failure ?? error
    return cause instanceof Error ? cause.message : String(cause)
  }
}
