/**
 * What every image is made of, as data, and the names that follow from it. An image is named by the hash of its
 * recipe, so a change rebuilds exactly what it must and nothing built from another recipe is ever taken for it.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { ImageRecipe, LanguageDefinition } from '../languages/define-language.js'
import { languageFolder } from '../languages/registry.js'

/** Changes when the builder makes something else of the same recipe, so that all images are built anew. */
const BUILDER_REVISION = 2

export const BASE_ID = 'base'

/** Uids that programs may run as, and gids of the same numbers. */
export const PROGRAM_IDS = { first: 900_000, last: 900_127, name: 'codeexec' } as const

export const BASE_RECIPE = {
  suite: 'trixie',
  /** Beyond Debian's essential packages; time zones are what every runtime expects of its system. */
  packages: ['tzdata'],
  /** Kinds of files that dpkg leaves out, here and in every language layer; copyright notices stay. */
  pathExcludes: [
    '/usr/share/doc/*',
    '/usr/share/info/*',
    '/usr/share/lintian/*',
    '/usr/share/locale/*',
    '/usr/share/man/*',
  ],
  pathIncludes: ['/usr/share/doc/*/copyright', '/usr/share/locale/locale.alias'],
  /** Where sandboxes mount what they need, and where package scripts link manuals that are left out. */
  folders: ['box', 'out', 'tmp', 'proc', 'dev', 'dev/shm', 'run', 'usr/share/man/man1'],
  /** What only a booted machine needs. */
  remove: [
    '/etc/cron.daily',
    '/etc/logrotate.d',
    '/etc/machine-id',
    '/etc/motd',
    '/etc/subgid',
    '/etc/subuid',
    '/etc/systemd',
    '/etc/update-motd.d',
    '/usr/lib/systemd',
    '/usr/share/bash-completion',
  ],
} as const

/** One image that should exist: the base layer or a language's layer on others. */
export interface PlannedImage {
  readonly id: string
  readonly hash: string
  /** Name of its folder among the images. */
  readonly folder: string
  /** What it stands on, and null for the base layer. */
  readonly on: { readonly language: LanguageDefinition; readonly parent: PlannedImage } | null
}

export interface ImagePlan {
  readonly base: PlannedImage
  /** Each after what it stands on, quick ones first. */
  readonly languages: readonly PlannedImage[]
}

/** Folder of a language, where the files of its recipe are. */
export type FolderOf = (languageId: string) => string

/** Names every image that the definitions ask for; give it all of them, as some stand on others. */
export function planImages(
  definitions: readonly LanguageDefinition[],
  folderOf: FolderOf = languageFolder,
): ImagePlan {
  const base = planned(BASE_ID, { revision: BUILDER_REVISION, users: PROGRAM_IDS, recipe: BASE_RECIPE }, null)
  const quickFirst = definitions.toSorted((left, right) => left.image.buildSeconds - right.image.buildSeconds)
  const images = new Map<string, PlannedImage>()
  const plan = (language: LanguageDefinition): PlannedImage => {
    const known = images.get(language.id)
    if (known) return known
    const parentId = language.image.extends
    const below = definitions.find(({ id }) => id === parentId)
    if (parentId !== undefined && !below) throw new Error(`${language.id} needs the image of ${parentId}`)
    const parent = below ? plan(below) : base
    const ingredients = {
      on: parent.hash,
      recipe: describeRecipe(language.image),
      env: language.env,
      version: { argv: language.version.argv, pattern: language.version.pattern.source },
      files: Object.values(language.image.files ?? {}).map((file) => [
        file,
        sha256(readFileSync(path.join(folderOf(language.id), file))),
      ]),
    }
    const image = planned(language.id, ingredients, { language, parent })
    images.set(language.id, image)
    return image
  }
  for (const language of quickFirst) plan(language)
  return { base, languages: [...images.values()] }
}

/** The image and all it stands on, topmost first. */
export function layersOf(image: PlannedImage): PlannedImage[] {
  return image.on ? [image, ...layersOf(image.on.parent)] : [image]
}

/** The recipe without what does not change the image. */
function describeRecipe({ packages, npm, files, steps, remove }: ImageRecipe): object {
  return { packages, npm, files, steps, remove }
}

function planned(id: string, ingredients: object, on: PlannedImage['on']): PlannedImage {
  const hash = sha256(JSON.stringify(ingredients)).slice(0, 16)
  return { id, hash, folder: `${id}-${hash}`, on }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
