/** A process that builds one image slowly, to be killed: `slow-build.mjs DATA_DIRECTORY FOLDER`. */
import { ImageBuilder } from '../image-builder.js'
import { planImages } from '../recipe.js'
import { tinyLanguage } from './tiny-languages.js'

export const SLOW = tinyLanguage('slow', {
  steps: [
    ['touch', '/opt/tiny/half'],
    ['sleep', '600'],
  ],
})

const [dataDirectory, folder] = process.argv.slice(2)
if (dataDirectory !== undefined && folder !== undefined && process.argv[1]?.endsWith('slow-build.mjs')) {
  const folderOf = (): string => folder
  const builder = new ImageBuilder({
    dataDirectory,
    plan: planImages([SLOW], folderOf),
    folderOf,
    onProgress: ({ message }) => process.stdout.write(`${message}\n`),
  })
  await builder.buildAll(['slow'])
}
