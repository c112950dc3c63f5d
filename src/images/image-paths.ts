/** Where images are on the disk. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { PlannedImage } from './recipe.js'

/** The folders below the data directory that this part of the service owns. */
export interface ImagePaths {
  readonly images: string
  readonly logs: string
  /** Held by whoever builds or removes images. */
  readonly lockFile: string
  /** One file per process and image that it uses. */
  readonly users: string
  /** Downloaded packages and package lists, kept for one build run. */
  readonly packages: string
}

export function imagePaths(dataDirectory: string): ImagePaths {
  const images = path.join(dataDirectory, 'images')
  return {
    images,
    logs: path.join(dataDirectory, 'logs', 'images'),
    lockFile: path.join(images, '.lock'),
    users: path.join(images, '.users'),
    packages: path.join(images, '.packages'),
  }
}

const UNFINISHED = /^\.unfinished-(?<folder>.+)-(?<pid>\d+)$/u

/** Name of the folder an image is built in; it says whose it is, so that a dead builder's is recognised. */
export function unfinishedFolder(image: Pick<PlannedImage, 'folder'>, pid: number = process.pid): string {
  return `.unfinished-${image.folder}-${pid}`
}

export interface UnfinishedImage {
  readonly name: string
  readonly folder: string
  readonly alive: boolean
}

/** The folders of builds that have not ended, and whether their builder still lives. */
export function listUnfinished(images: string): UnfinishedImage[] {
  return listFolder(images).flatMap((name) => {
    const groups = UNFINISHED.exec(name)?.groups
    if (groups?.['folder'] === undefined) return []
    return [{ name, folder: groups['folder'], alive: isAlive(Number(groups['pid'])) }]
  })
}

/** Names in a folder; none when there is no folder. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

/** When a process started, in the kernel's ticks; tells two processes that had the same id apart. */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command's name in brackets, which may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

/** True for a system error with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
