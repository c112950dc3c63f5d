/** Which Debian packages a layer has, read from dpkg's own record. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { hasCode } from './image-paths.js'

/** Installed packages and their versions in the text of dpkg's status file. */
export function parsePackages(status: string): Record<string, string> {
  const packages: Record<string, string> = {}
  for (const paragraph of status.split('\n\n')) {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}: (.*)$`, 'mu').exec(paragraph)?.[1]
    const name = field('Package')
    const version = field('Version')
    if (name !== undefined && version !== undefined && field('Status') === 'install ok installed') {
      packages[name] = version
    }
  }
  return packages
}

/** Packages of the layer with this root that those below, topmost first, do not have in that version. */
export function layerPackages(root: string, below: readonly string[]): Record<string, string> {
  // A layer that installs nothing has no record of its own.
  const inherited = below.map(readPackages).find((packages) => packages !== undefined) ?? {}
  return Object.fromEntries(
    Object.entries(readPackages(root) ?? {}).filter(([name, version]) => inherited[name] !== version),
  )
}

function readPackages(root: string): Record<string, string> | undefined {
  try {
    return parsePackages(readFileSync(path.join(root, 'var/lib/dpkg/status'), 'utf8'))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
