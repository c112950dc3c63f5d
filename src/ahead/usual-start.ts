/** The start of a runtime that serves executions which ask for nothing unusual, and which executions those are. */
import type { StageLimits } from '../contract/limits.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import { resolveArgv, resolveCommands } from '../languages/resolve-command.js'
import type { Command, HeldSpec } from '../sandbox/driver.js'

export function usualStart(
  language: LanguageDefinition,
  limits: StageLimits,
  cpus: number,
): HeldSpec | undefined {
  const runtime = language.ahead?.runtime
  if (runtime === undefined) return undefined
  const request = { entryPoint: language.mainFile, files: [], args: [], limits }
  const { run } = resolveCommands(language, request)
  const context = { language, ...request, memoryBytes: limits.run.memoryBytes }
  return {
    executionId: language.id,
    image: language.id,
    fileSystemBytes: limits.run.fileSizeBytes,
    command: {
      argv: resolveArgv(runtime.argv, context),
      env: { ...run.env, ...runtime.env },
      cwd: '',
      limits: { ...limits.run, cpus },
    },
  }
}

/** Only where a plain start would be the very same: command, environment, and what cannot be changed any more. */
export function isSameStart(
  command: Pick<Command, 'argv' | 'env' | 'cwd' | 'tty' | 'ephemeral' | 'limits'>,
  started: HeldSpec,
  { ahead }: LanguageDefinition,
): boolean {
  return (
    command.tty === undefined &&
    command.ephemeral !== true &&
    command.cwd === started.command.cwd &&
    command.limits.fileSizeBytes === started.command.limits.fileSizeBytes &&
    command.argv.length > started.command.argv.length &&
    started.command.argv.every((word, index) => command.argv[index] === word) &&
    isSameEnvironment(command.env, started.command.env, ahead?.runtime?.env)
  )
}

function isSameEnvironment(
  wanted: Readonly<Record<string, string>>,
  started: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>> = {},
): boolean {
  const names = Object.keys(started).filter((name) => !(name in added))
  return names.length === Object.keys(wanted).length && names.every((name) => wanted[name] === started[name])
}
