import { describe, expect, it } from 'vitest'

import { problemOf } from '../api/problem.js'
import { textFile } from './project.js'
import { EMPTY_INPUT } from './project-slice.js'
import { createStore, type Store } from './store.js'

function opened(...paths: string[]): Store {
  const store = createStore()
  const files = paths.map((path) => textFile(path, `text of ${path}`))
  store.dispatch({
    type: 'project-opened',
    language: 'python',
    project: { files, entry: paths[0] ?? '' },
    input: EMPTY_INPUT,
  })
  return store
}

describe('files', () => {
  it('move with their folder, and tabs and the entry point with them', () => {
    const store = opened('lib/a.py', 'lib/sub/b.py', 'library.py')
    store.dispatch({ type: 'file-opened', path: 'lib/sub/b.py' })
    store.dispatch({ type: 'path-renamed', from: 'lib', to: 'src' })
    const { project, openPaths, activePath } = store.getState().project
    expect(project.files.map((file) => file.path)).toEqual(['src/a.py', 'src/sub/b.py', 'library.py'])
    expect([project.entry, openPaths, activePath]).toEqual([
      'src/a.py',
      ['src/a.py', 'src/sub/b.py'],
      'src/sub/b.py',
    ])
  })

  it('are removed with their folder; what is open and where the program starts stay possible', () => {
    const store = opened('lib/a.py', 'main.py')
    store.dispatch({ type: 'path-removed', path: 'lib' })
    const { project, openPaths, activePath } = store.getState().project
    expect(project).toEqual({ files: [textFile('main.py', 'text of main.py')], entry: 'main.py' })
    expect([openPaths, activePath]).toEqual([['main.py'], 'main.py'])
    store.dispatch({ type: 'path-removed', path: 'main.py' })
    expect(store.getState().project.project).toBe(project)
  })

  it('close to their neighbour, and the last one stays', () => {
    const store = opened('a', 'b', 'c')
    store.dispatch({ type: 'file-opened', path: 'b' })
    store.dispatch({ type: 'file-opened', path: 'c' })
    store.dispatch({ type: 'file-opened', path: 'b' })
    store.dispatch({ type: 'file-closed', path: 'b' })
    expect(store.getState().project.activePath).toBe('c')
    store.dispatch({ type: 'file-closed', path: 'c' })
    store.dispatch({ type: 'file-closed', path: 'a' })
    expect(store.getState().project.openPaths).toEqual(['a'])
  })

  it('typed into are no reason for editors to load them anew; files from elsewhere are', () => {
    const store = opened('a')
    const before = store.getState().project.generation
    store.dispatch({ type: 'file-typed', path: 'a', content: 'x' })
    expect(store.getState().project.generation).toBe(before)
    store.dispatch({ type: 'files-put', files: [textFile('a', 'y')] })
    expect(store.getState().project.generation).toBe(before + 1)
    expect(store.getState().project.project.files).toEqual([textFile('a', 'y')])
  })
})

describe('runs', () => {
  it('are heard only while they are the latest', () => {
    const store = opened('a')
    const sequence = store.getState().run.sequence + 1
    store.dispatch({ type: 'run-started', sequence, inputMode: 'text' })
    store.dispatch({ type: 'run-stage', sequence: sequence - 1, stage: 'run' })
    expect(store.getState().run.phase).toBe('starting')
    store.dispatch({ type: 'run-stage', sequence, stage: 'run' })
    expect(store.getState().run.phase).toBe('run')
  })

  it('forget the problem of the one before', () => {
    const store = opened('a')
    store.dispatch({ type: 'run-started', sequence: 9, inputMode: 'text' })
    store.dispatch({ type: 'run-failed', sequence: 9, problem: problemOf('interrupted') })
    store.dispatch({ type: 'problem-dismissed' })
    expect(store.getState().run).toMatchObject({ phase: 'failed', problem: null, failure: 'interrupted' })
    store.dispatch({ type: 'run-started', sequence: 10, inputMode: 'text' })
    expect(store.getState().run).toMatchObject({ phase: 'starting', failure: null })
  })

  it('of another program leave nothing behind', () => {
    const store = opened('a')
    store.dispatch({
      type: 'diagnostics-found',
      diagnostics: [{ severity: 'error', file: 'a', line: 1, column: 1, message: 'x' }],
    })
    store.dispatch({ type: 'jump-requested', path: 'a', line: 1, column: 1 })
    const { project, input, language } = store.getState().project
    store.dispatch({ type: 'project-opened', language, project, input })
    expect(store.getState().run.diagnostics).toEqual([])
    expect(store.getState().view.jump).toBeNull()
  })
})

describe('tests', () => {
  it('lose their result when they are changed', () => {
    const store = opened('a')
    const test = { id: 't', name: 'T', stdin: '', expectedOutput: '' }
    store.dispatch({ type: 'test-added', test })
    store.dispatch({ type: 'tests-started', sequence: 3 })
    const result = { name: 'T', verdict: 'accepted' as const, stdout: '', stderr: '', usage: null }
    store.dispatch({ type: 'tests-finished', sequence: 3, results: { t: result }, compileError: '' })
    expect(store.getState().tests.results).toEqual({ t: result })
    store.dispatch({ type: 'test-changed', id: 't', change: { stdin: '1' } })
    expect(store.getState().tests.results).toEqual({})
  })
})

describe('the store', () => {
  it('tells nobody when nothing changed', () => {
    const store = opened('a')
    let told = 0
    store.subscribe(() => {
      told += 1
    })
    store.dispatch({ type: 'connection-changed', connection: 'connecting' })
    expect(told).toBe(0)
    store.dispatch({ type: 'connection-changed', connection: 'ready' })
    expect(told).toBe(1)
  })

  it('says the same notice once, and the two newest at most', () => {
    const store = createStore()
    for (const text of ['one', 'two', 'two', 'three']) {
      store.dispatch({ type: 'notice-shown', text })
    }
    expect(store.getState().view.notices.map((notice) => notice.text)).toEqual(['two', 'three'])
  })
})
