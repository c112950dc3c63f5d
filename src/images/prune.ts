/** Removing images that no recipe of this version names. */
import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { openBuildSession } from './build-session.js'
import { imagesInUse } from './image-users.js'
import { sweepUnfinished } from './image-builder.js'
import { imagePaths, listFolder, unfinishedFolder } from './image-paths.js'
import type { ImagePlan } from './recipe.js'

export interface PruneOptions {
  readonly dataDirectory: string
  readonly plan: ImagePlan
  readonly onWaiting?: () => void
}

/** Folders of images, named `<id>-<hash>`; what is in them may come from another version of this service. */
export interface PruneReport {
  readonly removed: readonly string[]
  /** Not named by any recipe, but used by a running process. */
  readonly keptInUse: readonly string[]
}

/** Removes every image that no current recipe names, except those in use. Waits for a running build to end. */
export async function pruneImages({ dataDirectory, plan, onWaiting }: PruneOptions): Promise<PruneReport> {
  const { images, lockFile, users } = imagePaths(path.resolve(dataDirectory))
  if ((await stat(images).catch(() => null)) === null) return { removed: [], keptInUse: [] }
  const session = await openBuildSession({ lockFile, onWaiting: onWaiting ?? (() => undefined) })
  try {
    await sweepUnfinished(images)
    const current = new Set([plan.base, ...plan.languages].map(({ folder }) => folder))
    const used = imagesInUse(users)
    const removed: string[] = []
    const keptInUse: string[] = []
    const outdated = listFolder(images).filter((name) => !name.startsWith('.') && !current.has(name))
    for (const folder of outdated.toSorted()) {
      if (used.has(folder)) {
        keptInUse.push(folder)
        continue
      }
      // Out of sight in one step, so that an interruption leaves no image with half its files.
      const doomed = path.join(images, unfinishedFolder({ folder }))
      await rename(path.join(images, folder), doomed)
      await rm(doomed, { recursive: true })
      removed.push(folder)
    }
    return { removed, keptInUse }
  } finally {
    await session.close()
  }
}
