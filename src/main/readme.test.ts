/** The README's table of languages says what the languages say. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.js'
import { resolveLimits } from '../languages/limits.js'
import { loadLanguages } from '../languages/registry.js'

const MIB = 2 ** 20
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const rows = readme
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, id]) => id !== undefined && /^`[a-z]+`$/.test(id))
  .map(([, id = '', , compileMemory = '', runMemory = '']) => [
    id.replaceAll('`', ''),
    compileMemory,
    runMemory,
  ])

it('lists every language with the memory it gets', async () => {
  const { defaults, maximum } = loadConfig({ env: {}, directory: '/nonexistent' }).limits
  const { all } = await loadLanguages()
  const expected = all.map((language) => {
    const { compile, run } = resolveLimits({ defaults, maximum, language })
    const compileMemory = language.compile === undefined ? '' : `${compile.memoryBytes / MIB} MiB`
    return [language.id, compileMemory, `${run.memoryBytes / MIB} MiB`]
  })
  expect(rows).toEqual(expected)
})
