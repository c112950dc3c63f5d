/** `codeexec images build [language…|all] | list | prune`. */
import path from 'node:path'
import { loadLanguages } from '../languages/registry.js'
import type { LanguageRegistry } from '../languages/registry.js'
import type { BuildProgress } from './build-context.js'
import { ImageBuildError } from './build-error.js'
import { FileImageStore } from './file-image-store.js'
import { ImageBuilder } from './image-builder.js'
import { imagePaths } from './image-paths.js'
import { readManifest } from './manifest.js'
import { pruneImages } from './prune.js'
import { planImages } from './recipe.js'
import type { ImagePlan } from './recipe.js'

export const IMAGES_USAGE = `codeexec images build [language…|all]   build the images that are missing
codeexec images list                     show every image, its version and size
codeexec images prune                    remove images that no recipe names any more`

export interface ImagesCommandConfig {
  readonly dataDirectory: string
}

export interface ImagesCommandOptions {
  readonly write?: (line: string) => void
  readonly signal?: AbortSignal
}

/** Runs the command; resolves with the exit code for the process. */
export async function imagesCommand(
  argv: readonly string[],
  config: ImagesCommandConfig,
  options: ImagesCommandOptions = {},
): Promise<number> {
  const write = options.write ?? ((line) => void process.stdout.write(`${line}\n`))
  const [action, ...names] = argv
  const registry = await loadLanguages()
  const command = { registry, plan: planImages(registry.all), config, write, signal: options.signal }
  try {
    if (action === 'build') return await build(command, names)
    if (action === 'list' && names.length === 0) return list(command)
    if (action === 'prune' && names.length === 0) return await prune(command)
  } catch (error) {
    if (!(error instanceof ImageBuildError)) throw error
    write(error.message)
    return 1
  }
  write(IMAGES_USAGE)
  return 2
}

interface CommandState {
  readonly registry: LanguageRegistry
  readonly plan: ImagePlan
  readonly config: ImagesCommandConfig
  readonly write: (line: string) => void
  readonly signal: AbortSignal | undefined
}

async function build(command: CommandState, names: readonly string[]): Promise<number> {
  const { registry, plan, config, write, signal } = command
  const unknown = names.filter((name) => name !== 'all' && !registry.find(name))
  if (unknown.length > 0) {
    write(`Unknown: ${unknown.join(', ')}. Known: ${registry.all.map(({ id }) => id).join(', ')}`)
    return 2
  }
  const isAll = names.length === 0 || names.includes('all')
  const ids = isAll
    ? registry.all.map(({ id }) => id)
    : names.flatMap((name) => registry.find(name)?.id ?? [])
  const builder = new ImageBuilder({
    dataDirectory: config.dataDirectory,
    plan,
    onProgress: (progress) => write(progressLine(progress)),
  })
  const reports = await builder.buildAll(ids, signal)
  const count = (outcome: string): number => reports.filter((report) => report.outcome === outcome).length
  write(`${count('built')} built, ${count('present')} already there, ${count('failed')} failed`)
  for (const report of reports) if (report.outcome === 'failed') write(report.message)
  return count('failed') === 0 ? 0 : 1
}

/** One line of progress, for a terminal or a log. */
export function progressLine({ id, message, percent }: BuildProgress): string {
  return `${id.padEnd(10)} ${message}${percent === null || percent === 100 ? '' : ` (${percent} %)`}`
}

function list({ plan, config, write }: CommandState): number {
  const store = new FileImageStore({ dataDirectory: config.dataDirectory, plan })
  const { images } = imagePaths(path.resolve(config.dataDirectory))
  for (const image of [plan.base, ...plan.languages]) {
    const manifest = readManifest(path.join(images, image.folder))
    // Whether programs run in it is for a service or `doctor` to try.
    const state = manifest ? 'built' : store.state(image.id)
    const size = manifest ? `${Math.round(manifest.sizeBytes / 1_000_000)} MB` : ''
    const columns = [
      image.id.padEnd(12),
      state.padEnd(10),
      (manifest?.version ?? '').padEnd(12),
      size.padStart(7),
    ]
    write([...columns, image.hash].join(' '))
  }
  return 0
}

async function prune({ plan, config, write }: CommandState): Promise<number> {
  const { removed, keptInUse } = await pruneImages({
    dataDirectory: config.dataDirectory,
    plan,
    onWaiting: () => write('Waiting for a build on this machine to end'),
  })
  for (const folder of removed) write(`removed ${folder}`)
  for (const folder of keptInUse) write(`kept ${folder}: a running process uses it`)
  if (removed.length === 0) write('Nothing to remove')
  return 0
}
