/** What an image says of itself, in `manifest.json` beside its root filesystem. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { hasCode } from './image-paths.js'

const manifestSchema = z.object({
  id: z.string(),
  hash: z.string(),
  /** Of the runtime, as it reported itself; of Debian for the base layer. */
  version: z.string(),
  /** Hash of the image it stands on; null for the base layer. */
  on: z.string().nullable(),
  architecture: z.string(),
  /** Debian packages that this layer adds, with their versions. */
  packages: z.record(z.string(), z.string()),
  recipe: z.unknown(),
  createdAt: z.string(),
  buildMs: z.number(),
  sizeBytes: z.number(),
})

export type ImageManifest = z.infer<typeof manifestSchema>

export const MANIFEST_FILE = 'manifest.json'

/** The manifest of the image in this folder, or undefined where there is no finished image. */
export function readManifest(folder: string): ImageManifest | undefined {
  const file = path.join(folder, MANIFEST_FILE)
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
    throw new Error(`${file} is not readable; remove its folder and build the image again`, { cause: error })
  }
}
