/** Debian packages into a mounted layer, by the host's apt. */
import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { aptConfig, parseAptStatus } from './apt.js'
import { runOnHost } from './build-context.js'
import type { BuildContext } from './build-context.js'
import { hasCode } from './image-paths.js'

export interface InstallTarget {
  /** The mounted layer; visible in the build's namespace only. */
  readonly root: string
  /** Root of the base layer, whose package sources are used. */
  readonly baseRoot: string
}

/** Installs packages without recommended ones. */
export async function installPackages(
  context: BuildContext,
  { root, baseRoot }: InstallTarget,
  packages: readonly string[],
): Promise<void> {
  if (packages.length === 0) return
  const folder = context.paths.packages
  await Promise.all(['state/lists/partial', 'cache', 'log', 'none'].map((name) => ensureFolder(folder, name)))
  await useSourcesOf(baseRoot, folder)
  const config = path.join(folder, 'apt.conf')
  const sources = [
    `Dir::Etc::sourcelist "${path.join(folder, 'sources/sources.list')}";`,
    `Dir::Etc::sourceparts "${path.join(folder, 'sources/sources.list.d')}";`,
  ]
  await writeFile(
    config,
    [aptConfig({ root, packages: folder }, context.aptSettings), ...sources, ''].join('\n'),
  )

  const apt = ['env', `APT_CONFIG=${config}`, 'apt-get', '--quiet=2', '--option=APT::Status-Fd=3'] as const
  context.report('reading package lists')
  await runOnHost(context, [...apt, 'update'])
  const count = packages.length === 1 ? '1 package' : `${packages.length} packages`
  context.report(`installing ${count} with what they need`, 0)
  const onStatus = throttledStatus((percent) =>
    context.report(`installing ${count} with what they need`, percent),
  )
  await runOnHost(context, [...apt, 'install', ...packages], { onStatus })
}

/** Reports only when the percentage has moved by at least five. */
function throttledStatus(report: (percent: number) => void): (line: string) => void {
  let last = 0
  return (line) => {
    const status = parseAptStatus(line)
    if (!status || status.percent < last + 5) return
    last = status.percent
    report(status.percent)
  }
}

/** The mirrors that the base layer was made from. */
async function useSourcesOf(baseRoot: string, folder: string): Promise<void> {
  const from = path.join(baseRoot, 'etc/apt')
  const to = path.join(folder, 'sources')
  await rm(to, { recursive: true, force: true })
  await mkdir(to, { recursive: true })
  await cp(path.join(from, 'sources.list.d'), path.join(to, 'sources.list.d'), { recursive: true })
  await copyFile(path.join(from, 'sources.list'), path.join(to, 'sources.list')).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error
  })
}

async function ensureFolder(parent: string, name: string): Promise<void> {
  await mkdir(path.join(parent, name), { recursive: true })
}
