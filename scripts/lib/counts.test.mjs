import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { NOTHING, add, closingLine, countExit, countVitest } from './counts.mjs'

const ended = (code) => ({ code, signal: null, timedOut: false, output: '' })

describe('counting', () => {
  let folder
  let file
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'counts-'))
    file = join(folder, 'counts.json')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const written = (counts) => {
    writeFileSync(file, JSON.stringify({ ...NOTHING, ...counts }))
  }

  it('counts a check as one, passed or failed', () => {
    expect(closingLine(countExit(ended(0)))).toBe('1 passed, 0 failed, 0 skipped')
    expect(closingLine(countExit(ended(2)))).toBe('0 passed, 1 failed, 0 skipped')
    expect(countExit({ ...ended(null), timedOut: true }).failures).toEqual(['did not end in time'])
  })

  it('takes what vitest counted', () => {
    written({ passed: 7, skipped: 1, skips: ['why'] })
    expect(closingLine(countVitest(ended(0), file))).toBe('7 passed, 0 failed, 1 skipped')
  })

  it('never passes a run that wrote nothing', () => {
    expect(countVitest(ended(0), file).failed).toBe(1)
    expect(countVitest(ended(1), file).failed).toBe(1)
  })

  it('never passes a run that ended badly without a counted failure', () => {
    written({ passed: 3 })
    expect(closingLine(countVitest({ ...ended(null), timedOut: true }, file))).toBe(
      '3 passed, 1 failed, 0 skipped',
    )
  })

  it('does not count a failure twice', () => {
    written({ passed: 3, failed: 2, failures: ['a', 'b'] })
    expect(countVitest(ended(1), file).failed).toBe(2)
  })

  it('sums suites up', () => {
    written({ passed: 3, skipped: 2, skips: ['a', 'b'] })
    const sum = add(countVitest(ended(0), file), countExit(ended(0)), countExit(ended(1)))
    expect(closingLine(sum)).toBe('4 passed, 1 failed, 2 skipped')
    expect(sum.skips).toEqual(['a', 'b'])
  })
})
