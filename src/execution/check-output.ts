/** Compares what a program printed with what was expected. Pure. */
import type { Checker } from '../contract/test-case.js'

/** Two numbers this close, absolutely or relative to what was expected, are equal to the `float` checker. */
export const FLOAT_TOLERANCE = 1e-6

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u

export function outputMatches(checker: Checker, output: string, expected: string): boolean {
  return MATCHES[checker](output, expected)
}

const MATCHES: Readonly<Record<Checker, (output: string, expected: string) => boolean>> = {
  exact: (output, expected) => output === expected,
  trimmed: (output, expected) => trimmed(output) === trimmed(expected),
  tokens: (output, expected) => sameTokens(output, expected, (left, right) => left === right),
  float: (output, expected) => sameTokens(output, expected, sameNumberOrWord),
}

/** Without white space at the ends of lines and without blank lines at the end. */
function trimmed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}

function sameTokens(
  output: string,
  expected: string,
  same: (printed: string, wanted: string) => boolean,
): boolean {
  const printed = tokens(output)
  const wanted = tokens(expected)
  return printed.length === wanted.length && wanted.every((token, index) => same(printed[index] ?? '', token))
}

function tokens(text: string): readonly string[] {
  return text.split(/\s+/u).filter((token) => token !== '')
}

function sameNumberOrWord(printed: string, wanted: string): boolean {
  if (printed === wanted) return true
  if (!NUMBER.test(printed) || !NUMBER.test(wanted)) return false
  const [got, want] = [Number(printed), Number(wanted)]
  return Math.abs(got - want) <= FLOAT_TOLERANCE * Math.max(1, Math.abs(want))
}
