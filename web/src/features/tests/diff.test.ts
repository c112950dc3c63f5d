import { describe, expect, it } from 'vitest'

import { diffLines, showTrailingBlanks } from './diff.js'

function shown(expected: string, actual: string): string {
  const marks = { same: ' ', missing: '-', extra: '+' }
  return diffLines(expected, actual)
    .map((line) => marks[line.kind] + line.text)
    .join('\n')
}

function many(prefix: string): string {
  return Array.from({ length: 3000 }, (_, n) => `${prefix}${n}`).join('\n')
}

describe('the difference of two outputs', () => {
  it.each([
    ['a\nb\n', 'a\nb\n', ' a\n b'],
    ['a\nb\nc\n', 'a\nx\nc\n', ' a\n-b\n+x\n c'],
    ['a\nb\nc\n', 'a\nc\n', ' a\n-b\n c'],
    ['a\nc\n', 'a\nb\nc\n', ' a\n+b\n c'],
    ['', 'a\n', '+a'],
    ['a\n', '', '-a'],
    ['', '', ''],
    ['a\na\nb\n', 'a\nb\nb\n', ' a\n-a\n+b\n b'],
    ['one\ntwo\nthree\nfour', 'zero\none\nthree\nfive', '+zero\n one\n-two\n three\n-four\n+five'],
  ])('of %j and %j', (expected, actual, result) => {
    expect(shown(expected, actual)).toBe(result)
  })

  it('of very long outputs is bounded but complete', () => {
    expect(diffLines(many('a'), many('b'))).toHaveLength(6000)
  })

  it('shows blanks at the end of a line', () => {
    expect(showTrailingBlanks('a b \t\r')).toBe('a b·→␍')
  })
})
