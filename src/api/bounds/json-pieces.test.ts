import { describe, expect, it } from 'vitest'
import { jsonPieces, PIECE_LENGTH, weigh } from './json-pieces.js'

const long = (text: string): string => text.repeat(Math.ceil(200_000 / text.length))

describe('JSON in pieces', () => {
  it.each<[string, unknown]>([
    ['a short answer', { succeeded: true, list: [1, null, 'ü'], none: undefined }],
    ['a long text', { output: long('x'), stderr: '' }],
    ['a text of controls and quotes', { output: long('\0"\\\n\u2028') }],
    ['a text of characters in two halves', { output: `a${long('😀')}` }],
    ['halves of characters', { output: long('\ud83d') }],
    [
      'a long list',
      { tests: Array.from({ length: 3000 }, (_, index) => ({ index, text: long('y').slice(0, 50) })) },
    ],
    ['long texts in lists and objects', [[long('z'), undefined], { a: { b: long('é') }, c: undefined }]],
    ['an object of nothing', { a: long('a'), b: {}, c: [] }],
    ['a text alone', long('w')],
    ['null', null],
  ])('are what JSON.stringify makes of %s', (_, value) => {
    expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value))
  })

  it('are small, however long the text and however much longer its JSON', () => {
    for (const piece of jsonPieces({ output: '\0'.repeat(2 ** 20) })) {
      expect(piece.length).toBeLessThanOrEqual(PIECE_LENGTH * '\\u0000'.length)
    }
  })
})

describe('the weight of an answer', () => {
  it('grows with every text in it, wherever it is', () => {
    expect(weigh({ a: 'x'.repeat(1000), b: [{ c: 'y'.repeat(500) }] })).toBeGreaterThan(1500)
    expect(weigh({ a: 'x'.repeat(1000), b: [{ c: 'y'.repeat(500) }] })).toBeLessThan(1600)
  })
})
