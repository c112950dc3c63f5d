/** The layer that all languages share: Debian's essential packages and what a sandbox mounts onto. */
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { DEBIAN_KEYRING, downloadOptions } from './apt.js'
import { runOnHost } from './build-context.js'
import type { BuildContext } from './build-context.js'
import { makeLayerFolder, writeIntoLayer } from './layer-files.js'
import { BASE_RECIPE, PROGRAM_IDS } from './recipe.js'

/** Fills `rootfs` in the context's folder; resolves with Debian's version. */
export async function buildBaseLayer(context: BuildContext): Promise<string> {
  const root = path.join(context.folder, 'rootfs')
  await makeLayerFolder(root)
  context.report(`installing Debian ${BASE_RECIPE.suite}`)
  await runOnHost(
    context,
    [
      'mmdebstrap',
      '--mode=root',
      '--variant=essential',
      '--format=directory',
      `--keyring=${DEBIAN_KEYRING}`,
      `--architectures=${context.architecture}`,
      `--include=${BASE_RECIPE.packages.join(',')}`,
      // Kept in the layer, so that languages leave the same things out.
      ...BASE_RECIPE.pathExcludes.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
      ...BASE_RECIPE.pathIncludes.map((pattern) => `--dpkgopt=path-include=${pattern}`),
      ...downloadOptions(context.aptSettings),
      BASE_RECIPE.suite,
      root,
    ],
    { onLine: (line) => reportMmdebstrap(context, line) },
  )
  await removeHostTraces(root)
  await writeIdentity(root)
  return (await readFile(path.join(root, 'etc/debian_version'), 'utf8')).trim()
}

/** Passes on what mmdebstrap does, without what it merely finds. */
function reportMmdebstrap(context: BuildContext, line: string): void {
  const doing = /^I: ((?:running|downloading|extracting|installing) [^.]*)/u.exec(line)?.[1]
  if (doing !== undefined) context.report(doing)
}

async function removeHostTraces(root: string): Promise<void> {
  const copied = ['etc/hostname', 'etc/resolv.conf', 'etc/apt/apt.conf.d/99mmdebstrap']
  const remove = ['dev', ...copied, ...BASE_RECIPE.remove]
  await Promise.all(remove.map((name) => rm(path.join(root, name), { recursive: true, force: true })))
  for (const name of BASE_RECIPE.folders) await makeLayerFolder(path.join(root, name))
}

/** Who programs are and where they think they are: the same on every host. */
async function writeIdentity(root: string): Promise<void> {
  const { first, last, name } = PROGRAM_IDS
  const ids = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  await Promise.all([
    appendLines(path.join(root, 'etc/passwd'), ids, (id) => `${name}:x:${id}:${id}:${name}:/tmp:/bin/bash`),
    appendLines(path.join(root, 'etc/group'), ids, (id) => `${name}:x:${id}:`),
    writeIntoLayer(path.join(root, 'etc/hostname'), 'sandbox\n'),
    writeIntoLayer(path.join(root, 'etc/hosts'), '127.0.0.1 localhost sandbox\n::1 localhost sandbox\n'),
  ])
}

async function appendLines(
  file: string,
  ids: readonly number[],
  line: (id: number) => string,
): Promise<void> {
  const before = await readFile(file, 'utf8')
  await writeIntoLayer(file, before + ids.map((id) => `${line(id)}\n`).join(''))
}
