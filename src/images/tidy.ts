/** The last step of every layer: nothing in it that a sandbox must not hold, and nothing no program needs. */
import { chmod, lstat, readdir, rm } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import path from 'node:path'
import { ImageBuildError } from './build-error.js'

/** Left behind by package tools; of no use in an image that nothing is installed into again. */
const LEFTOVERS = [
  'etc/.pwd.lock',
  'etc/group-',
  'etc/gshadow-',
  'etc/passwd-',
  'etc/shadow-',
  'var/cache/apt',
  'var/cache/debconf/config.dat-old',
  'var/cache/debconf/templates.dat-old',
  'var/cache/ldconfig',
  'var/lib/apt',
  'var/lib/dpkg/diversions-old',
  'var/lib/dpkg/lock',
  'var/lib/dpkg/lock-frontend',
  'var/lib/dpkg/status-old',
  'var/lib/dpkg/triggers/Lock',
]
/** Folders that stay but lose what is in them. */
const EMPTIED = ['root', 'run', 'tmp', 'var/log', 'var/tmp']

const SET_ID_BITS = 0o6000

/** Removes leftovers, takes every set-id bit away, refuses device nodes; resolves with the layer's size. */
export async function tidyLayer(root: string): Promise<number> {
  await Promise.all(LEFTOVERS.map((name) => rm(path.join(root, name), { recursive: true, force: true })))
  for (const folder of EMPTIED) {
    for (const name of await readdir(path.join(root, folder)).catch(() => [])) {
      await rm(path.join(root, folder, name), { recursive: true, force: true })
    }
  }
  return tidyFolder(root)
}

async function tidyFolder(folder: string): Promise<number> {
  let sizeBytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    const stats = await lstat(file)
    await tidyEntry(file, stats)
    sizeBytes += stats.size
    if (stats.isDirectory()) sizeBytes += await tidyFolder(file)
  }
  return sizeBytes
}

async function tidyEntry(file: string, stats: Stats): Promise<void> {
  if (stats.isSocket() || stats.isFIFO()) {
    await rm(file)
    return
  }
  // An overlay marks what a layer removed with a character device 0:0.
  if (stats.isBlockDevice() || (stats.isCharacterDevice() && stats.rdev !== 0)) {
    throw new ImageBuildError(`the layer has the device node ${file}`)
  }
  if (!stats.isSymbolicLink() && (stats.mode & SET_ID_BITS) !== 0) {
    await chmod(file, stats.mode & 0o7777 & ~SET_ID_BITS)
  }
}
