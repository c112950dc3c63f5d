/**
 * Where the bare side finds its runtimes: the images of the service, except where those lack what a person would use
 * by hand. Such an image is built for the benchmark alone.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { DATA_DIR, ROOT } from '../lib/paths.mjs'

const load = (module) => import(pathToFileURL(join(ROOT, 'dist', module)).href)

/** Languages whose image has no tool of the kind that people run: Go's has the compiler without the go command. */
const BY_HAND = {
  go: {
    id: 'gobyhand',
    image: { packages: ['golang-go'], steps: [['go', 'build', 'std']], buildSeconds: 120 },
    env: { GOCACHE: '/opt/go-cache' },
    version: { argv: ['go', 'version'], pattern: /go(\d+\.\d+(?:\.\d+)?)/u },
  },
}

/** Finds the layers of each of these languages, topmost first, building what is missing. */
export async function bareLayers(ids) {
  const [{ loadLanguages }, { planImages }, { ImageBuilder }, { FileImageStore }] = await Promise.all([
    load('languages/registry.js'),
    load('images/recipe.js'),
    load('images/image-builder.js'),
    load('images/file-image-store.js'),
  ])
  const { all } = await loadLanguages()
  const byHand = ids.flatMap((id) =>
    BY_HAND[id] ? [{ ...all.find((known) => known.id === id), ...BY_HAND[id] }] : [],
  )
  const plan = planImages([...all, ...byHand])
  const names = ids.map((id) => BY_HAND[id]?.id ?? id)
  const reports = await new ImageBuilder({ dataDirectory: DATA_DIR, plan }).buildAll([...ids, ...names])
  const failed = reports.find(({ outcome }) => outcome === 'failed')
  if (failed) throw new Error(failed.message)
  const store = new FileImageStore({ dataDirectory: DATA_DIR, plan })
  return Object.fromEntries(ids.map((id, index) => [id, store.get(names[index]).layers]))
}
