/** The four ways of comparing, as the service has them; used where the service runs single programs only. */
import type { Checker } from '../../api/wire.js'

const FLOAT_TOLERANCE = 1e-6

const MATCHES: Readonly<Record<Checker, (expected: string, actual: string) => boolean>> = {
  exact: (expected, actual) => expected === actual,
  trimmed: (expected, actual) => trimmed(expected) === trimmed(actual),
  tokens: (expected, actual) => tokens(expected).join('\n') === tokens(actual).join('\n'),
  float: (expected, actual) => {
    const [wanted, given] = [tokens(expected), tokens(actual)]
    return wanted.length === given.length && wanted.every((token, at) => sameNumber(token, given[at] ?? ''))
  },
}

export function outputMatches(expected: string, actual: string, checker: Checker): boolean {
  return MATCHES[checker](expected, actual)
}

/** Blanks at the ends of lines and blank lines at the end do not count. */
function trimmed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}

function tokens(text: string): string[] {
  return text.split(/\s+/).filter((token) => token !== '')
}

function sameNumber(wanted: string, given: string): boolean {
  const [a, b] = [Number(wanted), Number(given)]
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return wanted === given
  }
  return a === b || Math.abs(a - b) <= FLOAT_TOLERANCE * Math.max(1, Math.abs(a))
}
