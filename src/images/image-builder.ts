/** Builds the images that are missing, one at a time, the base first. */
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { languageFolder } from '../languages/registry.js'
import type { BuildProgress } from './build-context.js'
import { ImageBuildError } from './build-error.js'
import { buildImage } from './build-image.js'
import { openBuildLog } from './build-log.js'
import { openBuildSession } from './build-session.js'
import type { BuildSession } from './build-session.js'
import { imagePaths, listUnfinished, unfinishedFolder } from './image-paths.js'
import type { ImagePaths } from './image-paths.js'
import { readManifest } from './manifest.js'
import type { ImageManifest } from './manifest.js'
import { layersOf } from './recipe.js'
import type { FolderOf, ImagePlan, PlannedImage } from './recipe.js'

export interface ImageBuilderOptions {
  readonly dataDirectory: string
  readonly plan: ImagePlan
  readonly onProgress?: (progress: BuildProgress) => void
  /** As planImages was told. */
  readonly folderOf?: FolderOf
}

/** How the build of one image ended. */
export type BuildReport =
  | { readonly id: string; readonly outcome: 'built' | 'present'; readonly manifest: ImageManifest }
  | { readonly id: string; readonly outcome: 'failed'; readonly message: string }

export class ImageBuilder {
  readonly #plan: ImagePlan
  readonly #paths: ImagePaths
  readonly #onProgress: (progress: BuildProgress) => void
  readonly #folderOf: FolderOf

  constructor({ dataDirectory, plan, onProgress, folderOf }: ImageBuilderOptions) {
    if (/[,:\\]/u.test(dataDirectory)) {
      throw new ImageBuildError(
        `The data directory ${dataDirectory} must not have a comma, colon or backslash`,
      )
    }
    this.#plan = plan
    this.#paths = imagePaths(path.resolve(dataDirectory))
    this.#onProgress = onProgress ?? (() => undefined)
    this.#folderOf = folderOf ?? languageFolder
  }

  /**
   * Builds the images of these languages, and what they stand on, unless they exist; one that fails does not stop
   * the others. Rejects only where nothing can be built at all, or when the signal is aborted.
   */
  async buildAll(ids: readonly string[], signal?: AbortSignal): Promise<BuildReport[]> {
    const needed = new Set(this.#plan.languages.filter(({ id }) => ids.includes(id)).flatMap(layersOf))
    const wanted = this.#plan.languages.filter((image) => needed.has(image))
    const present = wanted.flatMap((image) => this.#present(image) ?? [])
    if (present.length === wanted.length) return present
    if (process.getuid?.() !== 0) throw new ImageBuildError('Images can only be built by root')

    await mkdir(this.#paths.images, { recursive: true })
    const session = await openBuildSession({
      lockFile: this.#paths.lockFile,
      onWaiting: () => this.#report(this.#plan.base.id, 'waiting for another build on this machine to end'),
      signal,
    })
    try {
      await sweepUnfinished(this.#paths.images)
      return await this.#buildMissing(session, wanted, signal)
    } finally {
      await session.close()
      await this.#removeUnfinished()
    }
  }

  async #buildMissing(
    session: BuildSession,
    wanted: readonly PlannedImage[],
    signal: AbortSignal | undefined,
  ): Promise<BuildReport[]> {
    const failures = new Map<PlannedImage, string>()
    const reports: BuildReport[] = []
    for (const image of [this.#plan.base, ...wanted]) {
      const missing = image.on && failures.get(image.on.parent)
      const report: BuildReport = missing
        ? { id: image.id, outcome: 'failed', message: missing }
        : await this.#build(session, image)
      signal?.throwIfAborted()
      if (report.outcome === 'failed') failures.set(image, report.message)
      if (image.on) reports.push(report)
    }
    await rm(this.#paths.packages, { recursive: true, force: true })
    return reports
  }

  async #build(session: BuildSession, image: PlannedImage): Promise<BuildReport> {
    const present = this.#present(image)
    if (present) return present
    const log = openBuildLog(this.#paths.logs, image.id)
    const report = (message: string, percent?: number): void => this.#report(image.id, message, percent)
    report('starting')
    try {
      const [architecture, aptSettings] = await Promise.all([
        session.run(['dpkg', '--print-architecture'], { log }),
        session.run(['apt-config', 'dump', 'Acquire'], { log }),
      ])
      const manifest = await buildImage({
        image,
        paths: this.#paths,
        session,
        log,
        architecture: architecture.trim(),
        aptSettings,
        folderOf: this.#folderOf,
        report,
      })
      report(`ready: ${manifest.version}, ${Math.round(manifest.sizeBytes / 1_000_000)} MB`, 100)
      return { id: image.id, outcome: 'built', manifest }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.write(error instanceof Error ? (error.stack ?? reason) : reason)
      const message = `The image ${image.id} could not be built: ${reason}; see ${log.file}`
      report(`failed: ${reason}; see ${log.file}`)
      // Mounts below a failed build's folder keep it from being removed until the session ends.
      return { id: image.id, outcome: 'failed', message }
    } finally {
      log.close()
    }
  }

  #present(image: PlannedImage): BuildReport | undefined {
    const manifest = readManifest(path.join(this.#paths.images, image.folder))
    return manifest && { id: image.id, outcome: 'present', manifest }
  }

  #report(id: string, message: string, percent?: number): void {
    this.#onProgress({ id, message, percent: percent ?? null })
  }

  /** What failed builds of this process left. */
  async #removeUnfinished(): Promise<void> {
    const own = new Set([this.#plan.base, ...this.#plan.languages].map((image) => unfinishedFolder(image)))
    const left = listUnfinished(this.#paths.images).filter(({ name }) => own.has(name))
    for (const { name } of left) await removeFolder(path.join(this.#paths.images, name))
  }
}

/** Removes what builders that no longer live left; only to be called by the holder of the lock. */
export async function sweepUnfinished(images: string): Promise<void> {
  for (const { name, alive } of listUnfinished(images)) {
    if (!alive) await removeFolder(path.join(images, name))
  }
}

/** A killed build's mounts disappear with its last process, which may take a moment. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rm(folder, { recursive: true, force: true })
      return
    } catch (error) {
      if (attempt === 50) throw error
      await delay(100)
    }
  }
}
