import type { ExecuteBody, Language, WireFile, WireLimits } from '../../api/wire.js'
import type { Project } from '../../state/project.js'
import type { ProgramInput, ProjectState } from '../../state/project-slice.js'
import { parseArgs } from '../input/parse-args.js'

/** An input that cannot be sent; the message says which and why. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

export function wireFiles(project: Project): WireFile[] {
  return project.files.map(({ path, content, encoding }) => ({
    filename: path,
    code: content,
    ...(path === project.entry ? { isEntryPoint: true } : {}),
    ...(encoding === 'base64' ? { encoding } : {}),
  }))
}

/** Body of an execution from what is on the page. Throws InputError where a limit is not a number. */
export function executeBody(state: ProjectState): ExecuteBody {
  const args = parseArgs(state.input.args)
  const limits = wireLimits(state.input)
  return {
    language: state.language,
    files: wireFiles(state.project),
    ...(state.input.stdin === '' ? {} : { stdin: state.input.stdin }),
    ...(args.length > 0 ? { args } : {}),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
  }
}

function wireLimits(input: ProgramInput): WireLimits {
  const wallTimeMs = positive(input.wallTimeSeconds, 'The time limit', 1000)
  const cpuTimeMs = positive(input.cpuTimeSeconds, 'The CPU time limit', 1000)
  const memoryBytes = positive(input.memoryMb, 'The memory limit', 1024 * 1024)
  return {
    ...(wallTimeMs === null ? {} : { wallTimeMs }),
    ...(cpuTimeMs === null ? {} : { cpuTimeMs }),
    ...(memoryBytes === null ? {} : { memoryBytes }),
  }
}

function positive(text: string, name: string, unit: number): number | null {
  if (text.trim() === '') {
    return null
  }
  const value = Number(text.trim().replace(',', '.'))
  if (!Number.isFinite(value) || value <= 0) {
    throw new InputError(`${name} in the Input tab must be a number above 0, not “${text.trim()}”.`)
  }
  return Math.max(1, Math.round(value * unit))
}

export function findLanguage(languages: readonly Language[], id: string): Language | undefined {
  return languages.find((language) => language.id === id)
}
