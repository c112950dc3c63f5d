/** What one execution will do: a sandbox and the commands to run in it. Pure; starts nothing. */
import type { ExecutionRequest, InteractiveOptions, SourceFile, Stage } from '../contract/execution.js'
import type { Limits } from '../contract/limits.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import type { ResolvedCommand } from '../languages/resolve-command.js'
import { resolveCommands, withExtraFiles } from '../languages/resolve-command.js'
import { mayStartWarm } from '../languages/warm.js'
import type { Command, SandboxSpec } from '../sandbox/driver.js'
import type { DialogueOptions } from './dialogue.js'

/** CPUs a stage may use at once where the request does not say. */
export interface StageCpus {
  readonly compile: number
  readonly run: number
}

export interface PlannedStage {
  readonly stage: Stage
  readonly command: Omit<Command, 'onOutput' | 'onStart'>
  /** Where a client talks to the program. */
  readonly dialogue?: DialogueOptions
}

export interface ExecutionPlan {
  readonly sandbox: Omit<SandboxSpec, 'executionId'>
  /** In order; a stage runs only when the one before it passed. */
  readonly stages: readonly PlannedStage[]
  /** After the stages: one run per test, none of which finds anything of another. Empty without tests. */
  readonly cases: readonly PlannedStage[]
}

const NO_INPUT = new Uint8Array()

/** A tmpfs accounts whole pages, and one more per file for its name. */
const PAGE_BYTES = 4096

export function planExecution(
  language: LanguageDefinition,
  request: ExecutionRequest,
  cpus: StageCpus,
): ExecutionPlan {
  const files = withExtraFiles(language, request.files)
  const commands = resolveCommands(language, request)
  const { compile, run } = request.limits
  const stages: PlannedStage[] = []
  if (commands.compile !== null) {
    stages.push(plannedStage('compile', commands.compile, NO_INPUT, compile, cpus.compile))
  }
  const warm = request.interactive === undefined && mayStartWarm(language, files, request.entryPoint)
  const planRun = (
    resolved: ResolvedCommand,
    stdin: Uint8Array,
    how: { readonly last: true } | { readonly ephemeral: true },
  ): PlannedStage => {
    const { stage, command } = plannedStage('run', resolved, stdin, run, request.cpus ?? cpus.run)
    return { stage, command: { ...command, ...(warm && { warm }), ...how } }
  }
  const { interactive } = request
  const planOnly = (): PlannedStage => planRun(commands.run, request.stdin, { last: true })
  if (interactive !== undefined) stages.push(withDialogue(planOnly(), interactive, language))
  else if (request.tests === undefined) stages.push(planOnly())
  const cases = (request.tests?.cases ?? []).map(({ args = request.args, stdin = request.stdin }) =>
    planRun(resolveCommands(language, { ...request, args }).run, stdin, { ephemeral: true }),
  )
  const largest =
    commands.compile === null ? run.fileSizeBytes : Math.max(compile.fileSizeBytes, run.fileSizeBytes)
  return {
    sandbox: { image: language.id, files, fileSystemBytes: largest + bytesOnDisk(files) },
    stages,
    cases,
  }
}

function plannedStage(
  stage: Stage,
  { argv, env, stackBytes }: ResolvedCommand,
  stdin: Uint8Array,
  limits: Limits,
  cpus: number,
): PlannedStage {
  const stack = stackBytes === undefined ? {} : { stackBytes }
  return { stage, command: { argv, env, cwd: '', stdin, limits: { ...limits, cpus, ...stack } } }
}

/** What terminal programs find: the page's terminal, and most others, understand it. */
const TERMINAL_ENVIRONMENT = { TERM: 'xterm-256color' }

function withDialogue(
  { stage, command }: PlannedStage,
  { tty, idleTimeMs }: InteractiveOptions,
  { interactiveEnv }: LanguageDefinition,
): PlannedStage {
  const env = { ...command.env, ...(tty === undefined ? interactiveEnv : TERMINAL_ENVIRONMENT) }
  const firstInput = command.stdin === 'interactive' ? NO_INPUT : command.stdin
  return {
    stage,
    command: { ...command, env, stdin: 'interactive', ...(tty !== undefined && { tty }) },
    dialogue: { firstInput, idleTimeMs },
  }
}

/** The sources come on top of the limit: what a program may write does not depend on how long its text is. */
function bytesOnDisk(files: readonly SourceFile[]): number {
  return files.reduce(
    (sum, { content }) => sum + (Math.ceil(content.length / PAGE_BYTES) + 1) * PAGE_BYTES,
    0,
  )
}
