/** Which command of a language has its start prepared, and which executions may use that. Pure. */
import path from 'node:path/posix'
import type { SourceFile } from '../contract/execution.js'
import type { LanguageDefinition } from './define-language.js'
import { resolveLimits } from './limits.js'
import type { LimitSources } from './limits.js'
import { resolveCommands, WORK_FOLDER } from './resolve-command.js'
import type { ResolvedCommand } from './resolve-command.js'

export interface PreparedCommand extends ResolvedCommand {
  /** Absolute path of the program's file. */
  readonly entry: string
}

/** The run command of a program in the main file, without arguments and with the usual limits; undefined where nothing is prepared. */
export function preparedCommand(
  language: LanguageDefinition,
  sources: Omit<LimitSources, 'language' | 'requested'>,
): PreparedCommand | undefined {
  if (language.warm === undefined) return undefined
  const { run } = resolveCommands(language, {
    entryPoint: language.mainFile,
    files: [{ name: language.mainFile }],
    args: [],
    limits: resolveLimits({ ...sources, language }),
  })
  return { ...run, entry: path.join(WORK_FOLDER, language.mainFile) }
}

/** Whether an execution with these files finds what an interpreter found that was started without them. */
export function mayStartWarm(
  { warm }: LanguageDefinition,
  files: readonly SourceFile[],
  entryPoint: string,
): boolean {
  if (warm === undefined) return false
  if (warm.notFirst !== undefined && beginsWith(files, entryPoint, warm.notFirst)) return false
  return !files.some(({ name }) => {
    const [first = ''] = name.split('/')
    return warm.looksFor.includes(first.split('.')[0] ?? '')
  })
}

function beginsWith(files: readonly SourceFile[], name: string, text: string): boolean {
  const content = files.find((file) => file.name === name)?.content
  return content !== undefined && Buffer.from(content.subarray(0, text.length)).toString('latin1') === text
}
