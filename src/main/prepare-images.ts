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

/** Builds the images of these languages; resolves with one sentence for each that could not be built. */
export type BuildImages = (
  ids: readonly string[],
  onProgress: (progress: BuildProgress) => void,
  signal: AbortSignal,
) => Promise<readonly string[]>

export interface DiskImages {
  readonly store: FileImageStore
  readonly build: BuildImages
}

/** In this process, which must be root's. */
export function buildHere(where: { readonly dataDirectory: string; readonly plan: ImagePlan }): BuildImages {
  return async (ids, onProgress, signal) => {
    const reports = await new ImageBuilder({ ...where, onProgress }).buildAll(ids, signal)
    return reports.flatMap((report) => (report.outcome === 'failed' ? [report.message] : []))
  }
}

/**
 * Resolves when every image is there, with one sentence for each that could not be built; their languages then count
 * as absent. Rejects where nothing can be built at all, or when the signal is aborted.
 */
export async function prepareImages(
  { store, build }: DiskImages,
  { languages, onProgress, signal }: ImagePreparation,
): Promise<readonly string[]> {
  const missing = languages.filter((id) => !store.get(id))
  if (missing.length === 0) return []
  store.expect(missing)
  try {
    const note = (progress: BuildProgress): void => {
      store.note(progress)
      onProgress(progress)
    }
    return await build(missing, note, signal)
  } finally {
    store.expect([])
  }
}
