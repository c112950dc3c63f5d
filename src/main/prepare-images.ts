/** Builds the images that are missing while the service already answers. */
import type { BuildProgress } from '../images/build-context.js'
import type { FileImageStore } from '../images/file-image-store.js'
import { ImageBuilder } from '../images/image-builder.js'
import type { ImagePlan } from '../images/recipe.js'

export interface ImagePreparation {
  /** Ids of the languages this service offers. */
  readonly languages: readonly string[]
  readonly onProgress: (progress: BuildProgress) => void
  readonly signal: AbortSignal
}

/** How one way of running programs comes by its images; `prepareImages` says what it resolves with. */
export type PrepareImages = (preparation: ImagePreparation) => Promise<readonly string[]>

/** Where images on this machine's disk are, and which there should be. */
export interface DiskImages {
  readonly dataDirectory: string
  readonly plan: ImagePlan
  readonly store: FileImageStore
}

/**
 * Resolves when every image is there, with one sentence for each that could not be built; their languages then count
 * as absent. Rejects where nothing can be built at all, or when the signal is aborted.
 */
export async function prepareImages(
  { dataDirectory, plan, store }: DiskImages,
  { languages, onProgress, signal }: ImagePreparation,
): Promise<readonly string[]> {
  const missing = languages.filter((id) => !store.get(id))
  if (missing.length === 0) return []
  store.expect(missing)
  try {
    const builder = new ImageBuilder({
      dataDirectory,
      plan,
      onProgress: (progress) => {
        store.note(progress)
        onProgress(progress)
      },
    })
    const reports = await builder.buildAll(missing, signal)
    return reports.flatMap((report) => (report.outcome === 'failed' ? [report.message] : []))
  } finally {
    store.expect([])
  }
}
