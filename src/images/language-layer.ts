/** A language's layer: what its recipe adds to the base, captured as the upper directory of an overlay. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { LanguageDefinition } from '../languages/define-language.js'
import { BASE_ENVIRONMENT } from '../languages/resolve-command.js'
import { ARCHIVES_IN_LAYER } from './apt.js'
import { runInLayer, runOnHost } from './build-context.js'
import type { BuildContext } from './build-context.js'
import { ImageBuildError } from './build-error.js'
import { copyIntoLayer, makeLayerFolder } from './layer-files.js'
import { installPackages } from './install-packages.js'
import { installNpmBinary } from './npm-binary.js'

/** Fills `rootfs` in the context's folder, on the layers below, topmost first; resolves with the version the runtime reports of itself. */
export async function buildLanguageLayer(
  context: BuildContext,
  language: LanguageDefinition,
  below: readonly string[],
): Promise<string> {
  const upper = path.join(context.folder, 'rootfs')
  const work = path.join(context.folder, 'work')
  const root = path.join(context.folder, 'merged')
  for (const folder of [upper, work, root]) await makeLayerFolder(folder)
  for (const [key, binary] of Object.entries(language.image.npm ?? {})) {
    await installNpmBinary(context, upper, key, binary)
  }
  await copyRecipeFiles(language, context.folderOf(language.id), upper)

  await mountLayer(context, { below, upper, work, root })
  await installPackages(context, { root, baseRoot: below.at(-1) ?? root }, language.image.packages)
  const environment = { ...BASE_ENVIRONMENT, ...language.env, HOME: '/tmp', USER: 'root' }
  for (const [index, step] of (language.image.steps ?? []).entries()) {
    context.report(`preparing, step ${index + 1} of ${language.image.steps?.length ?? 0}`)
    await runInLayer(context, root, step, environment)
  }
  const version = await askVersion(context, language, root, environment)
  if (language.image.remove && language.image.remove.length > 0) {
    await runInLayer(context, root, ['rm', '-rf', '--', ...language.image.remove], environment)
  }
  await runOnHost(context, ['umount', '--recursive', root])
  await Promise.all([work, root].map((folder) => rm(folder, { recursive: true })))
  return version
}

async function copyRecipeFiles(language: LanguageDefinition, folder: string, upper: string): Promise<void> {
  for (const [target, source] of Object.entries(language.image.files ?? {})) {
    await copyIntoLayer(path.join(folder, source), upper, target)
  }
}

interface LayerFolders {
  readonly below: readonly string[]
  readonly upper: string
  readonly work: string
  readonly root: string
}

/** Mounts the overlay and in it what package scripts and warm-ups expect of a system. */
async function mountLayer(context: BuildContext, { below, upper, work, root }: LayerFolders): Promise<void> {
  // Features that tie an upper directory to the lower one it was made on stay off.
  const features = 'redirect_dir=off,index=off,metacopy=off'
  const options = `lowerdir=${below.join(':')},upperdir=${upper},workdir=${work},${features}`
  try {
    await runOnHost(context, ['mount', '-t', 'overlay', '-o', options, 'overlay', root])
  } catch (cause) {
    throw new ImageBuildError(
      'the file system of the data directory cannot hold overlay layers (use ext4, xfs or btrfs)',
      { cause },
    )
  }
  const inRoot = (name: string): string => path.join(root, name)
  await runOnHost(context, ['mount', '-t', 'proc', 'proc', inRoot('proc')])
  for (const name of ['dev', 'tmp', 'run']) {
    await runOnHost(context, ['mount', '-t', 'tmpfs', 'tmpfs', inRoot(name)])
  }
  const devices = ['null', 'zero', 'full', 'random', 'urandom'].map((name) => `/dev/${name}`)
  await runOnHost(context, ['cp', '--archive', ...devices, inRoot('dev')])
  await runOnHost(context, ['ln', '--symbolic', '/proc/self/fd', inRoot('dev/fd')])
  const archives = path.join(context.paths.packages, 'archives')
  await makeLayerFolder(path.join(archives, 'partial'))
  await runOnHost(context, ['mkdir', '--parents', inRoot(ARCHIVES_IN_LAYER)])
  await runOnHost(context, ['mount', '--bind', archives, inRoot(ARCHIVES_IN_LAYER)])
}

async function askVersion(
  context: BuildContext,
  language: LanguageDefinition,
  root: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const said = await runInLayer(context, root, language.version.argv, environment)
  const version = language.version.pattern.exec(said)?.[1]
  if (version === undefined) {
    throw new ImageBuildError(`${language.version.argv.join(' ')} did not report a version`)
  }
  return version
}
