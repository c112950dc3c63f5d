import { describe, expect, it } from 'vitest'

import { textFile } from '../../state/project.js'
import { EMPTY_INPUT } from '../../state/project-slice.js'
import { MAX_RECORDS, memoryHistory, withinBounds } from './history-store.js'
import type { RunRecord } from './run-record.js'

function record(at: number, content = ''): RunRecord {
  return {
    id: `run-${at}`,
    at,
    language: 'python',
    languageName: 'Python',
    verdict: 'succeeded',
    note: '',
    exitCode: 0,
    signal: null,
    wallTimeMs: 1,
    cpuTimeMs: 1,
    memoryBytes: 1,
    output: '',
    project: { files: [textFile('main.py', content)], entry: 'main.py' },
    input: EMPTY_INPUT,
  }
}

describe('the history', () => {
  it('keeps the newest, newest first', () => {
    const kept = withinBounds(Array.from({ length: MAX_RECORDS + 5 }, (_, at) => record(at)))
    expect(kept).toHaveLength(MAX_RECORDS)
    expect(kept[0]?.at).toBe(MAX_RECORDS + 4)
  })

  it('is bounded in size, whatever the number', () => {
    const kept = withinBounds(Array.from({ length: 10 }, (_, at) => record(at, 'x'.repeat(6_000_000))))
    expect(kept.map(({ at }) => at)).toEqual([9, 8, 7])
  })

  it('can forget one or all', async () => {
    const history = memoryHistory()
    await history.add(record(1))
    await history.add(record(2))
    expect((await history.remove('run-2')).map(({ at }) => at)).toEqual([1])
    await history.clear()
    expect(await history.list()).toEqual([])
  })
})
