import { describe, expect, it } from 'vitest'

import { fileNameProblem, freeName, newPathProblem } from './file-names.js'

describe('names of files', () => {
  it.each(['main.py', 'lib/util.py', 'a b.txt', 'ünïcode.rb', '.hidden'])('%j is good', (name) => {
    expect(fileNameProblem(name)).toBeNull()
  })

  it.each([
    '',
    ' ',
    '/abs',
    '../up',
    'a//b',
    'a/',
    './a',
    'a\\b',
    'a\u0000b',
    'line\nbreak',
    'x'.repeat(256),
  ])('%j is refused', (name) => {
    expect(fileNameProblem(name)).not.toBeNull()
  })

  it('cannot be both a file and a folder', () => {
    expect(newPathProblem('lib', ['lib/util.py'])).toContain('lib/util.py')
    expect(newPathProblem('main.py/x', ['main.py'])).toContain('main.py')
    expect(newPathProblem('lib/other.py', ['lib/util.py'])).toBeNull()
  })

  it('are made free by counting', () => {
    expect(freeName('main.py', ['main.py', 'main-2.py'])).toBe('main-3.py')
    expect(freeName('Makefile', ['Makefile'])).toBe('Makefile-2')
  })
})
