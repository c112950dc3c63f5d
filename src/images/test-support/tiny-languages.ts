/** Languages whose images are made in a moment, and the folder with the file they copy. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ImageRecipe, LanguageDefinition } from '../../languages/define-language.js'

/** A definition with this recipe; its version is what /opt/tiny/version says. */
export function tinyLanguage(id: string, image: Partial<ImageRecipe> = {}): LanguageDefinition {
  return {
    id,
    name: id,
    aliases: [],
    extensions: ['sh'],
    monaco: 'shell',
    mainFile: 'main.sh',
    image: { packages: [], files: { '/opt/tiny/version': 'version.txt' }, buildSeconds: 1, ...image },
    version: { argv: ['cat', '/opt/tiny/version'], pattern: /^(\d+\.\d+)/u },
    run: { argv: ['bash', '{entry}'] },
    libraries: [],
    samples: [{ title: 'Hello', files: { 'main.sh': 'echo hello' }, expectedOutput: 'hello\n' }],
  }
}

/** Makes the folder that every tiny language's files come from. */
export async function writeTinyFolder(folder: string, version = '1.2'): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'version.txt'), `${version}\n`)
  return folder
}
