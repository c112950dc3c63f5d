/** Turns a stage's recipe into the argv of one execution. Pure: data in, data out. */
import path from 'node:path/posix'
import type { SourceFile } from '../contract/execution.js'
import type { LanguageDefinition } from './define-language.js'

/** Where the source files are in every sandbox. */
export const WORK_FOLDER = '/box'

/** Environment of every stage in every language. */
export const BASE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/tmp',
  LANG: 'C.UTF-8',
  TMPDIR: '/tmp',
  USER: 'codeexec',
}

/** Placeholders that may stand in `argv`; the registry refuses any other. */
export const PLACEHOLDERS = [
  '{entry}',
  '{entry.dir}',
  '{entry.stem}',
  '{entry.path}',
  '{memoryMiB}',
  '{sources}',
] as const

export interface CommandContext {
  readonly language: LanguageDefinition
  /** Name of the file the program starts from. */
  readonly entryPoint: string
  readonly files: readonly Pick<SourceFile, 'name'>[]
  /** Memory limit of the stage the command is for. */
  readonly memoryBytes: number
}

export interface ResolvedCommand {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Limit of its stack, where it is not the usual one. */
  readonly stackBytes?: number
}

export interface ResolvedCommands {
  /** Null where the language has no compile stage. */
  readonly compile: ResolvedCommand | null
  readonly run: ResolvedCommand
}

/** What a request contributes to its commands. */
export interface CommandRequest {
  readonly entryPoint: string
  readonly files: readonly Pick<SourceFile, 'name'>[]
  readonly args: readonly string[]
  readonly limits: {
    readonly compile: { readonly memoryBytes: number }
    readonly run: { readonly memoryBytes: number }
  }
}

/** The commands of an execution: the recipe's argv filled in, the client's arguments after those of `run`. */
export function resolveCommands(language: LanguageDefinition, request: CommandRequest): ResolvedCommands {
  const context = { language, entryPoint: request.entryPoint, files: request.files }
  const environment = { ...BASE_ENVIRONMENT, ...language.env }
  const compile = language.compile && {
    argv: resolveArgv(language.compile.argv, { ...context, memoryBytes: request.limits.compile.memoryBytes }),
    env: { ...environment, ...language.compile.env },
  }
  const argv = resolveArgv(language.run.argv, { ...context, memoryBytes: request.limits.run.memoryBytes })
  const { stackBytes } = language.run
  return {
    compile: compile ?? null,
    run: {
      argv: [...argv, ...request.args],
      env: { ...environment, ...language.run.env },
      ...(stackBytes !== undefined && { stackBytes }),
    },
  }
}

/** Replaces the placeholders of one argv. */
export function resolveArgv(argv: readonly string[], context: CommandContext): string[] {
  const { entryPoint } = context
  const values: Readonly<Record<string, string>> = {
    '{entry}': asOperand(entryPoint),
    '{entry.dir}': asOperand(path.dirname(entryPoint)),
    '{entry.stem}': path.parse(entryPoint).name,
    '{entry.path}': path.join(WORK_FOLDER, entryPoint),
    '{memoryMiB}': String(Math.max(1, Math.floor(context.memoryBytes / 1_048_576))),
  }
  return argv.flatMap((element) => {
    if (element === '{sources}') return sourceNames(context).map(asOperand)
    // One pass, so that a file named `{memoryMiB}.c` is not replaced in turn.
    return element.replaceAll(/\{[\w.]+\}/gu, (placeholder) => values[placeholder] ?? placeholder)
  })
}

/** The request's files with those the language adds, unless the client sent one of that name. */
export function withExtraFiles(
  language: LanguageDefinition,
  files: readonly SourceFile[],
): readonly SourceFile[] {
  const sent = new Set(files.map((file) => file.name))
  const added = Object.entries(language.extraFiles ?? {})
    .filter(([name]) => !sent.has(name))
    .map(([name, content]) => ({ name, content: new TextEncoder().encode(content) }))
  return [...files, ...added]
}

/** Files with the language's extensions, the entry point first whatever its extension, the others in order. */
function sourceNames({ language, files, entryPoint }: CommandContext): string[] {
  const others = files
    .map((file) => file.name)
    .filter((name) => name !== entryPoint && language.extensions.includes(path.extname(name).slice(1)))
  return [entryPoint, ...others]
}

/** Compilers and interpreters take a leading `-` for an option, and some a leading `@` for a response file. */
function asOperand(name: string): string {
  return /^[-@+]/u.test(name) ? `./${name}` : name
}
