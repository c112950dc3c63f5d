/** The images on this machine's disk. */
import { statSync } from 'node:fs'
import path from 'node:path'
import type { BuildProgress } from './build-context.js'
import { imagePaths, listUnfinished } from './image-paths.js'
import type { ImagePaths } from './image-paths.js'
import type { ImageState, ImageStore, Installation, ReadyImage } from './image-store.js'
import { noteUse } from './image-users.js'
import { readManifest } from './manifest.js'
import { layersOf } from './recipe.js'
import type { ImagePlan, PlannedImage } from './recipe.js'

export interface FileImageStoreOptions {
  readonly dataDirectory: string
  readonly plan: ImagePlan
}

export class FileImageStore implements ImageStore {
  readonly #paths: ImagePaths
  readonly #languages: ReadonlyMap<string, PlannedImage>
  /** An image that was ready once stays so: what a recipe names is never changed, and not removed while in use. */
  readonly #ready = new Map<string, ReadyImage>()
  readonly #expected = new Set<string>()
  /** Latest word of the building of each image, languages' and those below them. */
  readonly #progress = new Map<string, Installation>()

  constructor({ dataDirectory, plan }: FileImageStoreOptions) {
    this.#paths = imagePaths(path.resolve(dataDirectory))
    this.#languages = new Map(plan.languages.map((image) => [image.id, image]))
  }

  /** Says which images will be built, so that they count as installing until they are ready or given up. */
  expect(ids: readonly string[]): void {
    this.#expected.clear()
    this.#progress.clear()
    for (const id of ids) this.#expected.add(id)
  }

  /** Hears how far a build is. */
  note({ id, message, percent }: BuildProgress): void {
    this.#progress.set(id, { step: message, fraction: percent === null ? null : percent / 100 })
  }

  installation(id: string): Installation | undefined {
    const image = this.#languages.get(id)
    if (!image || this.state(id) !== 'installing') return undefined
    // While a layer below is built, that is what this image waits for.
    const missing = layersOf(image).filter((layer) => !this.#isThere(layer))
    return missing.map((layer) => this.#progress.get(layer.id)).find((progress) => progress !== undefined)
  }

  state(id: string): ImageState {
    if (this.get(id)) return 'ready'
    if (this.#expected.has(id)) return 'installing'
    const image = this.#languages.get(id)
    const isBuilding = listUnfinished(this.#paths.images).some(
      ({ folder, alive }) => alive && folder === image?.folder,
    )
    return isBuilding ? 'installing' : 'absent'
  }

  get(id: string): ReadyImage | undefined {
    const known = this.#ready.get(id)
    if (known) return known
    const image = this.#languages.get(id)
    if (!image || !this.#isThere(image)) return undefined
    const layers = layersOf(image)
    noteUse(
      this.#paths.users,
      layers.map(({ folder }) => folder),
    )
    // Whoever removes images looks at the notes first, so what is there after ours is written stays there.
    const manifests = layers.map((layer) => readManifest(this.#folderOf(layer)))
    const [manifest] = manifests
    if (!manifest || manifests.includes(undefined)) return undefined
    const roots = layers.map((layer) => path.join(this.#folderOf(layer), 'rootfs'))
    const ready: ReadyImage = {
      id,
      hash: image.hash,
      layers: roots,
      version: manifest.version,
      copy: copyOf(roots),
    }
    this.#ready.set(id, ready)
    return ready
  }

  #isThere(image: PlannedImage): boolean {
    return readManifest(this.#folderOf(image)) !== undefined
  }

  #folderOf({ folder }: PlannedImage): string {
    return path.join(this.#paths.images, folder)
  }
}

/** A layer that was copied here, or put back, is other directories. */
function copyOf(roots: readonly string[]): string {
  return roots
    .map((root) => {
      const found = statSync(root, { throwIfNoEntry: false })
      return found === undefined ? 'missing' : `${found.dev}:${found.ino}`
    })
    .join(' ')
}
