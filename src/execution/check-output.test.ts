import { describe, expect, it } from 'vitest'
import type { Checker } from '../contract/test-case.js'
import { outputMatches } from './check-output.js'

type Row = readonly [checker: Checker, output: string, expected: string, matches: boolean]

const ROWS: readonly Row[] = [
  ['exact', 'a\n', 'a\n', true],
  ['exact', 'a\n', 'a', false],
  ['exact', '', '', true],
  ['exact', ' a', 'a', false],
  ['trimmed', 'a\n', 'a', true],
  ['trimmed', 'a  \nb\t\n\n\n', 'a\nb', true],
  ['trimmed', 'a\r\nb\r\n', 'a\nb\n', true],
  ['trimmed', '', '\n', true],
  ['trimmed', ' a', 'a', false],
  ['trimmed', 'a\n\nb', 'a\nb', false],
  ['trimmed', 'a b', 'a  b', false],
  ['tokens', ' a\n\tb ', 'a b', true],
  ['tokens', 'ab', 'a b', false],
  ['tokens', 'a b c', 'a b', false],
  ['tokens', 'a', 'a b', false],
  ['tokens', '1.0', '1', false],
  ['tokens', '', '  ', true],
  ['float', '1.0', '1', true],
  ['float', '0.3333333', '0.33333333333', true],
  ['float', '0.33332', '0.33333333333', false],
  ['float', '1000000.9', '1000000.1', true],
  ['float', '1000002', '1000000', false],
  ['float', '1e-7', '0', true],
  ['float', '-0.0', '0', true],
  ['float', '.5 x +2E1', '0.5 x 20.', true],
  ['float', '.5 y', '.5 x', false],
  ['float', 'nan', 'nan', true],
  ['float', 'inf', '1', false],
  ['float', 'Infinity', '1e999', false],
  ['float', '0x10', '16', false],
  ['float', '1 2', '1', false],
  ['float', '', '0', false],
]

describe('outputMatches', () => {
  it.each(ROWS)('%s: %j against %j is %s', (checker, output, expected, matches) => {
    expect(outputMatches(checker, output, expected)).toBe(matches)
  })
})
