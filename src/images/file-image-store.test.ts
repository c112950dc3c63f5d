import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileImageStore } from './file-image-store.js'
import { processStart, unfinishedFolder } from './image-paths.js'
import { imagesInUse, noteUse } from './image-users.js'
import { layersOf, planImages } from './recipe.js'
import type { ImagePlan, PlannedImage } from './recipe.js'
import { tinyLanguage, writeTinyFolder } from './test-support/tiny-languages.js'

/** No process has it: the kernel's largest is far below. */
const DEAD_PID = 2 ** 30

let dataDirectory = ''
let images = ''
let plan: ImagePlan
beforeEach(async () => {
  dataDirectory = mkdtempSync(path.join(tmpdir(), 'codeexec-store-'))
  images = path.join(dataDirectory, 'images')
  const folder = await writeTinyFolder(path.join(dataDirectory, 'tiny'))
  plan = planImages([tinyLanguage('tiny'), tinyLanguage('child', { extends: 'tiny' })], () => folder)
})
afterEach(() => rmSync(dataDirectory, { recursive: true }))

const planned = (id: string): PlannedImage => {
  const image = plan.languages.find((language) => language.id === id)
  if (!image) throw new Error(`${id} is not planned`)
  return image
}

function putImage({ id, hash, folder, on }: PlannedImage): void {
  mkdirSync(path.join(images, folder, 'rootfs'), { recursive: true })
  const manifest = {
    id,
    hash,
    version: '1.2',
    on: on?.parent.hash ?? null,
    architecture: 'amd64',
    packages: {},
    recipe: {},
    createdAt: new Date(0).toISOString(),
    buildMs: 1,
    sizeBytes: 1,
  }
  writeFileSync(path.join(images, folder, 'manifest.json'), JSON.stringify(manifest))
}

const makeStore = (): FileImageStore => new FileImageStore({ dataDirectory, plan })

describe('FileImageStore', () => {
  it('knows no image before the first is built', () => {
    expect([makeStore().state('tiny'), makeStore().get('tiny')]).toEqual(['absent', undefined])
    expect(makeStore().state('nothing')).toBe('absent')
  })

  it('tells how far an image is, by the layer it waits for', () => {
    const store = makeStore()
    store.expect(['child'])
    expect(store.installation('child')).toBeUndefined()
    store.note({ id: 'tiny', message: 'unpacking', percent: 40 })
    expect(store.installation('child')).toEqual({ step: 'unpacking', fraction: 0.4 })
    for (const image of layersOf(planned('tiny'))) putImage(image)
    store.note({ id: 'child', message: 'starting', percent: null })
    expect(store.installation('child')).toEqual({ step: 'starting', fraction: null })
    putImage(planned('child'))
    expect(store.installation('child')).toBeUndefined()
  })

  it('gives the layers of an image, topmost first', () => {
    for (const image of layersOf(planned('child'))) putImage(image)
    expect(
      makeStore()
        .get('child')
        ?.layers.map((layer) => path.relative(images, layer)),
    ).toEqual([
      `${planned('child').folder}/rootfs`,
      `${planned('tiny').folder}/rootfs`,
      `${plan.base.folder}/rootfs`,
    ])
  })

  it('does not take an image for ready while a layer of it is missing', () => {
    putImage(planned('child'))
    putImage(plan.base)
    const store = makeStore()
    expect(store.state('child')).toBe('absent')
    putImage(planned('tiny'))
    expect(store.state('child')).toBe('ready')
  })

  it('does not take an image of another recipe', () => {
    putImage(plan.base)
    putImage({ ...planned('tiny'), folder: 'tiny-0123456789abcdef' })
    expect(makeStore().state('tiny')).toBe('absent')
  })

  it('sees an image that another process has finished meanwhile', () => {
    const store = makeStore()
    expect(store.state('tiny')).toBe('absent')
    for (const image of layersOf(planned('tiny'))) putImage(image)
    expect(store.state('tiny')).toBe('ready')
  })

  it('says that an image is being installed while it is expected or somebody builds it', () => {
    const store = makeStore()
    store.expect(['tiny'])
    expect(store.state('tiny')).toBe('installing')
    store.expect([])
    expect(store.state('tiny')).toBe('absent')
    mkdirSync(path.join(images, unfinishedFolder(planned('tiny'))), { recursive: true })
    expect([store.state('tiny'), store.state('child')]).toEqual(['installing', 'absent'])
  })

  it('does not take what a dead builder left for a build', () => {
    mkdirSync(path.join(images, unfinishedFolder(planned('tiny'), DEAD_PID)), { recursive: true })
    expect(makeStore().state('tiny')).toBe('absent')
  })

  it('says where a manifest is that cannot be read', () => {
    putImage(planned('tiny'))
    const file = path.join(images, planned('tiny').folder, 'manifest.json')
    writeFileSync(file, '{')
    expect(() => makeStore().get('tiny')).toThrow(`${file} is not readable`)
  })
})

describe('notes of use', () => {
  it('name the images that live processes use', () => {
    const users = path.join(dataDirectory, 'users')
    mkdirSync(users)
    writeFileSync(path.join(users, `dead.${DEAD_PID}.1`), '')
    writeFileSync(path.join(users, `reused.${process.pid}.${Number(processStart(process.pid)) - 1}`), '')
    writeFileSync(path.join(users, `parent.${process.ppid}.${processStart(process.ppid)}`), '')
    expect([...imagesInUse(users)]).toEqual(['parent'])
    noteUse(users, ['mine'])
    expect([...imagesInUse(users)].toSorted()).toEqual(['mine', 'parent'])
    expect(readdirSync(users)).toHaveLength(2)
  })

  it('are written when an image is given out', () => {
    for (const image of layersOf(planned('child'))) putImage(image)
    makeStore().get('child')
    const used = imagesInUse(path.join(images, '.users'))
    expect([...used].toSorted()).toEqual(
      layersOf(planned('child'))
        .map(({ folder }) => folder)
        .toSorted(),
    )
  })
})
