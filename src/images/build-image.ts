/** One image from its recipe: built aside, then put in its place in one step. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buildBaseLayer } from './base-layer.js'
import { runOnHost } from './build-context.js'
import type { BuildContext } from './build-context.js'
import { unfinishedFolder } from './image-paths.js'
import { layerPackages } from './installed-packages.js'
import { buildLanguageLayer } from './language-layer.js'
import { MANIFEST_FILE } from './manifest.js'
import type { ImageManifest } from './manifest.js'
import { BASE_RECIPE, layersOf } from './recipe.js'
import { tidyLayer } from './tidy.js'

export type ImageContext = Omit<BuildContext, 'folder'>

/** Builds the image; when it resolves, the finished image is on the disk under its name. */
export async function buildImage(context: ImageContext): Promise<ImageManifest> {
  const { image, paths } = context
  const startedAt = Date.now()
  const folder = path.join(paths.images, unfinishedFolder(image))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const building: BuildContext = { ...context, folder }
  const below = layersOf(image)
    .slice(1)
    .map((layer) => path.join(paths.images, layer.folder, 'rootfs'))
  const version = image.on
    ? await buildLanguageLayer(building, image.on.language, below)
    : await buildBaseLayer(building)

  const root = path.join(folder, 'rootfs')
  const manifest: ImageManifest = {
    id: image.id,
    hash: image.hash,
    version,
    on: image.on?.parent.hash ?? null,
    architecture: context.architecture,
    packages: layerPackages(root, below),
    recipe: image.on?.language.image ?? BASE_RECIPE,
    createdAt: new Date(startedAt).toISOString(),
    sizeBytes: await tidyLayer(root),
    buildMs: Date.now() - startedAt,
  }
  await writeFile(path.join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
  // What the name promises must be on the disk before the name is, also when the power fails.
  await runOnHost(building, ['sync', '--file-system', folder])
  await rename(folder, path.join(paths.images, image.folder))
  return manifest
}
