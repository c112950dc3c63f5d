import { describe, expect, it } from 'vitest'
import type { Limits } from '../contract/limits.js'
import type { LanguageDefinition } from './define-language.js'
import { loadLanguages } from './registry.js'
import { mayStartWarm, preparedCommand } from './warm.js'

const registry = await loadLanguages()
const limits: Limits = {
  wallTimeMs: 1,
  cpuTimeMs: 1,
  memoryBytes: 256 * 1_048_576,
  maxProcesses: 1,
  outputBytes: 1,
  fileSizeBytes: 1,
}
const both = { compile: limits, run: limits }
const SOURCES = { defaults: both, maximum: both }

function language(id: string): LanguageDefinition {
  const found = registry.find(id)
  if (!found) throw new Error(`no language ${id}`)
  return found
}

const file = (name: string, text = '') => ({ name, content: new TextEncoder().encode(text) })

describe('the prepared command', () => {
  it('is that of a program in the main file, without arguments', () => {
    expect(preparedCommand(language('python'), SOURCES)).toMatchObject({
      argv: ['python3', 'main.py'],
      entry: '/box/main.py',
      env: { PYTHONPATH: '/box', HOME: '/tmp' },
    })
  })

  it('exists only where the language says so', () => {
    expect(preparedCommand(language('bash'), SOURCES)).toBeUndefined()
  })
})

describe('an execution may start warm', () => {
  it.each([
    ['python', [file('main.py')], true],
    ['python', [file('main.py'), file('encoding.py'), file('lib/sitecustomize.py')], true],
    ['python', [file('main.py'), file('sitecustomize.py')], false],
    ['python', [file('main.py'), file('encodings/utf_8.py')], false],
    ['python', [file('main.py'), file('usercustomize.cpython-313-x86_64-linux-gnu.so')], false],
    ['ruby', [file('main.rb', 'puts 1')], true],
    ['ruby', [file('main.rb', '#!/usr/bin/env ruby -w\n')], false],
    ['ruby', [file('main.rb', '# a comment\n')], true],
    ['ruby', [file('main.rb'), file('other.rb', '#!/usr/bin/env ruby\n')], true],
    ['ruby', [file('main.rb'), file('monitor.so')], false],
    ['javascript', [file('main.js'), file('package.json')], true],
    ['typescript', [file('main.ts'), file('other.ts')], true],
    ['typescript', [file('main.ts'), file('package.json')], false],
    ['bash', [file('main.sh')], false],
  ] as const)('%s with %o: %s', (id, files, expected) => {
    expect(mayStartWarm(language(id), files, files[0].name)).toBe(expected)
  })
})
