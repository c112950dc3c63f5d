import { describe, expect, it } from 'vitest'

import { loadDrafts, saveDrafts, type Drafts } from './drafts.js'
import { textFile } from './project.js'
import { EMPTY_INPUT } from './project-slice.js'
import { DEFAULT_SETTINGS, loadSettings, saveSettings } from './settings.js'

/** As much of the browser's storage as is used. */
function storage(initial: Record<string, string> = {}): Storage {
  const items = new Map(Object.entries(initial))
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  } as unknown as Storage
}

const fullStorage = {
  getItem: () => null,
  setItem: () => {
    throw new DOMException('full', 'QuotaExceededError')
  },
} as unknown as Storage

function drafts(content: string): Drafts {
  const project = { files: [textFile('main.py', content)], entry: 'main.py' }
  return {
    language: 'python',
    byLanguage: { python: { project, input: EMPTY_INPUT, tests: { cases: [], checker: 'exact' } } },
  }
}

describe('drafts', () => {
  it('come back as they were kept', () => {
    const place = storage()
    expect(saveDrafts(place, drafts('print(1)'))).toBe(true)
    expect(loadDrafts(place)).toEqual(drafts('print(1)'))
  })

  it('say when they could not be kept', () => {
    expect(saveDrafts(fullStorage, drafts('x'))).toBe(false)
    expect(saveDrafts(null, drafts('x'))).toBe(false)
    expect(saveDrafts(storage(), drafts('x'.repeat(2_000_000)))).toBe(false)
  })

  it.each([
    'no JSON',
    'null',
    '7',
    '{"byLanguage":{"python":{"project":{"files":[],"entry":"x"}}}}',
    '{"byLanguage":{"python":{"project":{"files":[{"path":"a","content":"b"}],"entry":"x"},"input":{},"tests":{}}}}',
  ])('that are damaged are left out: %s', (stored) => {
    expect(loadDrafts(storage({ 'codeexec.drafts': stored })).byLanguage).toEqual({})
  })
})

describe('settings', () => {
  it('come back as they were kept', () => {
    const place = storage()
    const settings = { ...DEFAULT_SETTINGS, theme: 'dark' as const, fontSize: 18, wrapLines: true }
    saveSettings(place, settings)
    expect(loadSettings(place)).toEqual(settings)
  })

  it.each([
    'no JSON',
    'null',
    '[]',
    '{"theme":"pink","fontSize":900,"tabSize":"2","wrapLines":1,"editor":null}',
  ])('that are damaged fall back: %s', (stored) => {
    expect(loadSettings(storage({ 'codeexec.settings': stored }))).toEqual(DEFAULT_SETTINGS)
  })

  it('are the usual ones where storage is blocked', () => {
    saveSettings(null, DEFAULT_SETTINGS)
    saveSettings(fullStorage, DEFAULT_SETTINGS)
    expect(loadSettings(null)).toEqual(DEFAULT_SETTINGS)
  })
})
