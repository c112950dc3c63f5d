import { expect, it } from 'vitest'

import { outputMatches } from './compare-output.js'

it.each([
  ['exact', 'a\n', 'a\n', true],
  ['exact', 'a\n', 'a', false],
  ['trimmed', 'a\nb', 'a  \nb\n\n', true],
  ['trimmed', 'a b', 'a  b', false],
  ['tokens', '1 2\n3', '1\n2   3\n', true],
  ['tokens', '1 2', '1 2 3', false],
  ['float', '0.3333333 x', '0.33333333 x', true],
  ['float', '1000000', '1000000.5', true],
  ['float', '1', '1.1', false],
  ['float', '1 2', '1', false],
  ['float', 'yes', 'no', false],
] as const)('%s: expected %j, printed %j: %s', (checker, expected, actual, matches) => {
  expect(outputMatches(expected, actual, checker)).toBe(matches)
})
