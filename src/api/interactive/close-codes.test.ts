import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODES, closeCodeOf } from './close-codes.js'

describe('close codes', () => {
  it('are documented in the same words', () => {
    const page = readFileSync(new URL('../../../docs/interactive.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| (1\d{3}) \| (.+?) +\|$/gm)].map(([, code, meaning]) => [
      code,
      meaning,
    ])
    expect(rows).toEqual(Object.entries(CLOSE_CODES))
  })

  it('tell who is at fault', () => {
    expect(closeCodeOf('INVALID_INPUT')).toBe(1008)
    expect(closeCodeOf('SHUTTING_DOWN')).toBe(1012)
    expect(closeCodeOf('QUEUE_FULL')).toBe(1013)
    expect(closeCodeOf('INTERNAL_ERROR')).toBe(1011)
  })
})
