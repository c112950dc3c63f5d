/** `codeexec images`: on this machine's disk or in an engine, as `--driver` or the settings say. */
import type { Config } from '../config/variables.js'
import { dockerImagesCommand } from '../images/docker/docker-images-command.js'
import { imagesCommand } from '../images/images-command.js'
import { planImages } from '../images/recipe.js'
import { loadLanguages } from '../languages/registry.js'
import { dockerImages } from './docker-backend.js'

interface CommandOptions {
  readonly write: (line: string) => void
  readonly signal: AbortSignal
}

/** Registries are an engine's affair, whatever driver the service uses. */
const NEEDS_ENGINE: ReadonlySet<string> = new Set(['push', 'pull'])

export async function runImagesCommand(
  argv: readonly string[],
  config: Config,
  { write, signal }: CommandOptions,
): Promise<number> {
  const { driver, rest } = takeDriver(argv)
  const chosen = driver ?? (NEEDS_ENGINE.has(rest[0] ?? '') ? 'docker' : config.sandbox)
  if (chosen === 'namespaces') return imagesCommand(rest, config, { write, signal })
  if (chosen !== 'docker') {
    write(`There is no driver ${chosen}; it is namespaces or docker`)
    return 2
  }
  const languages = await loadLanguages()
  const plan = planImages(languages.all)
  const { docker, names, builder } = dockerImages(config, plan)
  return dockerImagesCommand(rest, { docker, names, plan, languages, builder, write, signal })
}

/** `--driver docker` or `--driver=docker`, anywhere among the words. */
export function takeDriver(argv: readonly string[]): {
  readonly driver: string | undefined
  readonly rest: readonly string[]
} {
  const at = argv.findIndex((word) => word === '--driver' || word.startsWith('--driver='))
  const word = argv[at]
  if (word === undefined) return { driver: undefined, rest: argv }
  const isSplit = word === '--driver'
  const driver = isSplit ? (argv[at + 1] ?? '') : word.slice('--driver='.length)
  return { driver, rest: argv.toSpliced(at, isSplit ? 2 : 1) }
}
