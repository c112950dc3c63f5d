/** All languages, found in their folders, checked together, looked up by name. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import satisfies from 'semver/functions/satisfies.js'
import validRange from 'semver/ranges/valid.js'
import { ServiceError } from '../contract/errors.js'
import type { LanguageDefinition } from './define-language.js'
import { findLostParents, findProblems } from './validate.js'
import type { HasFile } from './validate.js'

/** Everything that is wrong with the definitions; a fault of the programmer, so the service does not start. */
export class LanguageDefinitionError extends Error {
  override readonly name = 'LanguageDefinitionError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Language definitions are wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

export interface LanguageRegistry {
  /** Sorted by id. */
  readonly all: readonly LanguageDefinition[]
  /** By id or alias in any case, optionally `name@version`; undefined when unknown. The version is not compared. */
  find(name: string): LanguageDefinition | undefined
  /** As find, but throws LANGUAGE_NOT_SUPPORTED with a message that lists the known ids. */
  require(name: string): LanguageDefinition
}

const SEMVER_PARTS = 3

/** Version part of `name@version`, or undefined where there is none or any would do (`*`, `latest`). */
export function requestedVersion(name: string): string | undefined {
  const at = name.indexOf('@')
  const version = at === -1 ? '' : name.slice(at + 1).trim()
  return ['', '*', 'latest'].includes(version) ? undefined : version
}

/** A version as semver has it: its first three numbers, missing ones 0. */
function toSemver(version: string): string {
  const parts = version.split('.').slice(0, SEMVER_PARTS)
  return [...parts, ...Array.from({ length: SEMVER_PARTS - parts.length }, () => '0')].join('.')
}

/**
 * True when a version is what was asked for: the version itself, its leading parts (3.13.5 is a `3.13`, but not a `3.1`),
 * or a range of npm's (`3.x`, `^3.9`, `>=3.9 <4`).
 */
export function matchesVersion(version: string, requested: string): boolean {
  return (
    version === requested || version.startsWith(`${requested}.`) || satisfies(toSemver(version), requested)
  )
}

/** Whether it names a version or a range at all. */
export function isVersionSelector(requested: string): boolean {
  return validRange(requested) !== null || /^\d+(?:\.\d+)*$/.test(requested)
}

/** Checks the definitions, all of them and completely, and makes them searchable. */
export function createRegistry(
  definitions: readonly LanguageDefinition[],
  hasFile: HasFile = hasFolderFile,
): LanguageRegistry {
  const problems = findProblems(definitions, hasFile)
  if (problems.length > 0) throw new LanguageDefinitionError(problems)

  const all = definitions.toSorted((left, right) => left.id.localeCompare(right.id))
  const byName = new Map(
    all.flatMap((definition) =>
      [definition.id, ...definition.aliases].map((name) => [name.toLowerCase(), definition] as const),
    ),
  )
  const find = (name: string): LanguageDefinition | undefined =>
    byName.get((name.split('@', 1)[0] ?? '').trim().toLowerCase())
  return {
    all,
    find,
    require(name) {
      const definition = find(name)
      if (definition) return definition
      const known = all.map(({ id }) => id).join(', ')
      throw new ServiceError('LANGUAGE_NOT_SUPPORTED', `Language not supported: ${name} (known: ${known})`)
    },
  }
}

/** Loads the definition of every language folder. Adding a language is adding a folder. */
export async function loadLanguages(): Promise<LanguageRegistry> {
  const here = path.dirname(fileURLToPath(import.meta.url))
  const files = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) =>
      // Compiled or as source, whichever this module itself is.
      [path.join(here, entry.name, `language${path.extname(import.meta.url)}`)].filter((file) =>
        existsSync(file),
      ),
    )
  const loaded = await Promise.all(files.map((file) => loadDefinition(file)))
  const lost = findLostParents(loaded)
  if (lost.length > 0) throw new LanguageDefinitionError(lost)
  return createRegistry(loaded)
}

async function loadDefinition(file: string): Promise<LanguageDefinition> {
  const folder = path.basename(path.dirname(file))
  const module: unknown = await import(pathToFileURL(file).href)
  if (!hasDefinition(module) || module.default.id !== folder) {
    throw new LanguageDefinitionError([
      `${folder}: language.ts must export the language ${folder} as default`,
    ])
  }
  return module.default
}

/** What a language file exports as default has been checked by the compiler when it went through defineLanguage. */
function hasDefinition(module: unknown): module is { readonly default: LanguageDefinition } {
  return typeof module === 'object' && module !== null && 'default' in module && isObject(module.default)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** Folder of a language in the source tree, where the files of its image are, also when compiled code runs. */
export function languageFolder(languageId: string): string {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  return path.join(root, 'src', 'languages', languageId)
}

function hasFolderFile(languageId: string, file: string): boolean {
  return existsSync(path.join(languageFolder(languageId), file))
}
