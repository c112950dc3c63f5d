import { expect, it } from 'vitest'

import { textFile } from '../../state/project.js'
import { treeRows } from './file-tree.js'

const project = {
  files: ['main.py', 'lib/util/text.py', 'lib/a.py', 'README', 'data/in.txt'].map((path) =>
    textFile(path, ''),
  ),
  entry: 'main.py',
}

function shown(closed: string[]): string[] {
  return treeRows(project, new Set(closed)).map(
    (row) => `${'  '.repeat(row.level - 1)}${row.name}${row.kind === 'folder' ? '/' : ''}`,
  )
}

it('shows folders first, then files, each below its folder', () => {
  expect(shown([])).toEqual([
    'data/',
    '  in.txt',
    'lib/',
    '  util/',
    '    text.py',
    '  a.py',
    'main.py',
    'README',
  ])
})

it('hides what is below a closed folder', () => {
  expect(shown(['lib'])).toEqual(['data/', '  in.txt', 'lib/', 'main.py', 'README'])
})
