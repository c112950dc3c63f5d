import { expect, it } from 'vitest'
import { positionsOf } from './positions.js'

it.each([
  ['abc', 0, 1, 1],
  ['abc', 3, 1, 4],
  ['a\nb', 2, 2, 1],
  ['a\r\nb', 3, 2, 1],
  ['a\rb', 2, 2, 1],
  ['a\n\r\n\nb', 5, 4, 1],
  ['é𝒳b', 3, 1, 4],
  ['\tb', 1, 1, 2],
  ['', 0, 1, 1],
  ['a\n', 2, 2, 1],
])('in %j offset %i is line %i, column %i', (source, offset, line, column) => {
  expect(positionsOf(source)(offset)).toEqual({ line, column })
})
