/** Which image folders the virtual machine gets, as the compiled service names them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { DATA_DIR, ROOT } from '../lib/paths.mjs'
import { fail } from '../lib/say.mjs'

const compiled = (...path) => import(pathToFileURL(join(ROOT, 'dist', ...path)).href)

/** Folders of these languages' images and of those they stand on. */
export async function imageFolders(languages) {
  const { layersOf, planImages } = await compiled('images', 'recipe.js')
  const { loadLanguages } = await compiled('languages', 'registry.js')
  const plan = planImages((await loadLanguages()).all)
  const images = plan.languages.filter(({ id }) => languages.includes(id)).flatMap(layersOf)
  const folders = [...new Set(images.map(({ folder }) => join(DATA_DIR, 'images', folder)))]
  const missing = folders.filter((folder) => !existsSync(folder))
  if (missing.length > 0) {
    fail(`${missing.join(', ')} is not built; run: node dist/main/cli.js images build ${languages.join(' ')}`)
  }
  return folders
}
