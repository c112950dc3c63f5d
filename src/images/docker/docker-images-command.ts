/** `codeexec images … --driver docker`: the same words about images in an engine, and those a registry adds. */
import type Docker from 'dockerode'
import type { LanguageRegistry } from '../../languages/registry.js'
import type { BuildProgress } from '../build-context.js'
import { ImageBuildError } from '../build-error.js'
import { progressLine } from '../images-command.js'
import type { ImagePlan, PlannedImage } from '../recipe.js'
import type { DockerImageBuilder } from './docker-image-builder.js'
import { followAnswer } from './engine-answer.js'
import { IMAGE_LABEL } from './names.js'
import type { ImageNames } from './names.js'

export const DOCKER_IMAGES_USAGE = `codeexec images build [--driver docker] [language…|all]
codeexec images list | prune [--driver docker]
codeexec images push | pull [language…|all]   with CODEEXEC_DOCKER_REGISTRY`

export interface DockerImagesCommand {
  readonly docker: Docker
  readonly names: ImageNames
  readonly plan: ImagePlan
  readonly languages: LanguageRegistry
  readonly builder: (onProgress: (progress: BuildProgress) => void) => DockerImageBuilder
  readonly write: (line: string) => void
  readonly signal: AbortSignal | undefined
}

/** Runs the command; resolves with the exit code for the process. */
export async function dockerImagesCommand(
  argv: readonly string[],
  command: DockerImagesCommand,
): Promise<number> {
  const [action, ...words] = argv
  try {
    if (action === 'list' && words.length === 0) return await list(command)
    if (action === 'prune' && words.length === 0) return await prune(command)
    const ids = chosenIds(command, words)
    if (action === 'build') return await build(command, ids)
    if (action === 'push' || action === 'pull') return await transfer(command, ids, action)
  } catch (error) {
    const hasStatus = error instanceof Error && ('statusCode' in error || 'code' in error)
    if (!(error instanceof ImageBuildError) && !hasStatus) throw error
    command.write(hasStatus ? `The Docker Engine: ${error.message}` : error.message)
    return 1
  }
  command.write(DOCKER_IMAGES_USAGE)
  return 2
}

function chosenIds({ languages }: DockerImagesCommand, words: readonly string[]): readonly string[] {
  const all = languages.all.map(({ id }) => id)
  if (words.length === 0 || words.includes('all')) return all
  const unknown = words.filter((word) => !languages.find(word))
  if (unknown.length > 0)
    throw new ImageBuildError(`There is no language ${unknown.join(', ')}; known are ${all.join(', ')}`)
  return words.flatMap((word) => languages.find(word)?.id ?? [])
}

async function build(
  { builder, write, signal }: DockerImagesCommand,
  ids: readonly string[],
): Promise<number> {
  const reports = await builder((progress) => write(progressLine(progress))).buildAll(ids, signal)
  const count = (outcome: string): number => reports.filter((report) => report.outcome === outcome).length
  write(
    `${count('built')} built, ${count('pulled')} pulled, ${count('present')} already there, ${count('failed')} failed`,
  )
  for (const report of reports) if (report.outcome === 'failed') write(report.message)
  return count('failed') === 0 ? 0 : 1
}

async function list({ docker, names, plan, write }: DockerImagesCommand): Promise<number> {
  const present = await docker.listImages({ filters: { label: [IMAGE_LABEL.id] } })
  for (const image of plan.languages) {
    const name = names.name(image)
    const found = present.find(({ RepoTags }) => RepoTags?.includes(name))
    const version = found?.Labels?.[IMAGE_LABEL.version] ?? ''
    const size = found ? `${Math.round(found.Size / 1_000_000)} MB` : ''
    const columns = [image.id.padEnd(12), (found ? 'ready' : 'absent').padEnd(10), version.padEnd(12)]
    write([...columns, size.padStart(7), name].join(' '))
  }
  return 0
}

/** Images of ours that no recipe names any more. One that a container uses stays; the engine says so. */
async function prune({ docker, names, plan, write }: DockerImagesCommand): Promise<number> {
  const all = [plan.base, ...plan.languages]
  const current = new Set(all.map((image) => names.name(image)))
  const repositories = new Set(all.map((image) => names.repository(image.id)))
  const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])
  const old = tags.filter((tag) => repositories.has(tag.slice(0, tag.lastIndexOf(':'))) && !current.has(tag))
  for (const tag of old) {
    try {
      await docker.getImage(tag).remove()
      write(`removed ${tag}`)
    } catch (error) {
      write(`kept ${tag}: ${(error as Error).message}`)
    }
  }
  if (old.length === 0) write('Nothing to remove')
  return 0
}

const TRANSFERS = {
  push: { doing: 'pushing', one: pushImage },
  pull: { doing: 'pulling', one: pullImage },
} as const

async function transfer(
  { docker, names, plan, write }: DockerImagesCommand,
  ids: readonly string[],
  action: keyof typeof TRANSFERS,
): Promise<number> {
  // Without one, the engine would take the names for a public registry's.
  if (names.registry === undefined)
    throw new ImageBuildError('No registry is named; set CODEEXEC_DOCKER_REGISTRY')
  const { doing, one } = TRANSFERS[action]
  let failed = 0
  for (const image of plan.languages.filter(({ id }) => ids.includes(id))) {
    const say = (message: string): void => write(progressLine({ id: image.id, message, percent: null }))
    try {
      say(`${doing} ${names.name(image)}`)
      await one(docker, names.name(image))
      say('ready')
    } catch (error) {
      failed += 1
      say(`failed: ${(error as Error).message}${hintFor(image, error)}`)
    }
  }
  return failed === 0 ? 0 : 1
}

function hintFor({ id }: PlannedImage, error: unknown): string {
  const isAbsent = /does not exist|no such image|not found|manifest unknown/iu.test((error as Error).message)
  return isAbsent ? `; codeexec images build --driver docker ${id} makes it` : ''
}

async function pushImage(docker: Docker, name: string): Promise<void> {
  await followAnswer(await docker.getImage(name).push({ authconfig: NO_LOGIN }), () => undefined)
}

async function pullImage(docker: Docker, name: string): Promise<void> {
  await followAnswer(await docker.pull(name), () => undefined)
}

/** The engine insists on the header; registries that want a login are reached through the engine's host or a mirror. */
const NO_LOGIN = { username: '', password: '', serveraddress: '' }
