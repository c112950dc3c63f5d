/**
 * Which copies of images have passed a trial run on this kernel, so that a service that starts again offers them at
 * once and repeats the trials in the background. One file for each image.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import path from 'node:path'
import type { ReadyImage } from './image-store.js'

export interface TrialRecords {
  has(image: ReadyImage): boolean
  add(image: ReadyImage): void
}

/** What the file of an image says when this copy has passed on this kernel. */
const passed = ({ hash, copy }: ReadyImage): string => `${copy ?? hash} on ${release()}\n`

/** Written by the service itself. */
export function trialsFolder(dataDirectory: string): string {
  return path.join(dataDirectory, 'images', '.trials')
}

/** `conditions` is what else a trial depends on, such as the driver and the version of the service. */
export function fileTrialRecords(dataDirectory: string, conditions: string): TrialRecords {
  const folder = trialsFolder(dataDirectory)
  const fileOf = ({ id, hash }: ReadyImage): string =>
    path.join(
      folder,
      `${id}-${createHash('sha256').update(`${conditions}\n${hash}`).digest('hex').slice(0, 16)}`,
    )
  return {
    has(image) {
      try {
        return readFileSync(fileOf(image), 'utf8') === passed(image)
      } catch {
        return false
      }
    },
    add(image) {
      try {
        mkdirSync(folder, { recursive: true })
        writeFileSync(fileOf(image), passed(image))
      } catch {
        // Without a record the next start waits for its trials, and nothing else is lost.
      }
    },
  }
}
