/** What the steps of one image's build share. */
import type { BuildLog } from './build-log.js'
import type { BuildSession, CommandOptions } from './build-session.js'
import type { ImagePaths } from './image-paths.js'
import type { FolderOf, PlannedImage } from './recipe.js'

/** One line about what is being done; percent of that step where it is known. */
export interface BuildProgress {
  readonly id: string
  readonly message: string
  readonly percent: number | null
}

export interface BuildContext {
  readonly image: PlannedImage
  readonly paths: ImagePaths
  readonly session: BuildSession
  readonly log: BuildLog
  /** Folder that becomes the image: `rootfs` and the manifest end up in it. */
  readonly folder: string
  /** Processor architecture as Debian names it. */
  readonly architecture: string
  /** The host's apt settings, as `apt-config dump` prints them. */
  readonly aptSettings: string
  readonly folderOf: FolderOf
  report(message: string, percent?: number): void
}

/** Runs one command of the host; its words go to the image's log. */
export function runOnHost(
  context: BuildContext,
  argv: readonly [string, ...string[]],
  options: Omit<CommandOptions, 'log'> = {},
): Promise<string> {
  // The host's TMPDIR may not exist inside a layer, its language must not change words we read.
  const environment = ['--unset=TMPDIR', 'LC_ALL=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive']
  return context.session.run(['env', ...environment, ...argv], { log: context.log, ...options })
}

/** Runs one command inside a mounted layer, with the environment programs have and without network. */
export function runInLayer(
  context: BuildContext,
  root: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  return context.session.run(['env', '-i', ...variables, 'unshare', '--net', 'chroot', root, ...argv], {
    log: context.log,
  })
}
