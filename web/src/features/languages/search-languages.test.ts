import { expect, it } from 'vitest'

import type { Language } from '../../api/wire.js'
import { searchLanguages } from './search-languages.js'

function language(id: string, name: string, extra: Partial<Language> = {}): Language {
  return {
    id,
    name,
    version: '1.0',
    aliases: [],
    extensions: [id],
    monaco: id,
    hasCompileStage: false,
    limits: null,
    libraries: [],
    sample: null,
    state: 'ready',
    installation: null,
    ...extra,
  }
}

const languages = [
  language('javascript', 'JavaScript', { aliases: ['js', 'node'], extensions: ['js'] }),
  language('java', 'Java'),
  language('cpp', 'C++', { aliases: ['c++'] }),
  language('c', 'C'),
  language('ruby', 'Ruby', { version: '3.3.8', state: 'installing' }),
]

it.each([
  ['', ['c', 'cpp', 'java', 'javascript', 'ruby']],
  ['java', ['java', 'javascript']],
  ['js', ['javascript']],
  ['.js', ['javascript']],
  ['C++', ['cpp']],
  ['c', ['c', 'cpp', 'javascript']],
  ['ruby 3.3', ['ruby']],
  ['script', ['javascript']],
  ['cobol', []],
])('%j finds %j', (query, expected) => {
  expect(searchLanguages(languages, query).map(({ id }) => id)).toEqual(expected)
})
