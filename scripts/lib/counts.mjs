/** What a suite counted: how many passed, failed and were skipped, and which. */
import { existsSync, readFileSync } from 'node:fs'

export const NOTHING = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [] }

/** A check that either holds or does not counts as one. */
export function countExit(result) {
  return result.code === 0
    ? { ...NOTHING, passed: 1 }
    : {
        ...NOTHING,
        failed: 1,
        failures: [result.timedOut ? 'did not end in time' : `ended with ${result.code ?? result.signal}`],
      }
}

/** Reads the file the counting reporter wrote. A run that ended badly without a counted failure counts as one. */
export function countVitest(result, countsFile) {
  if (!existsSync(countsFile)) return countExit({ ...result, code: result.code || 'no result' })
  const counts = JSON.parse(readFileSync(countsFile, 'utf8'))
  const silent = result.code !== 0 && counts.failed === 0
  return silent ? add(counts, countExit(result)) : counts
}

/** Sums counts up. */
export function add(...all) {
  return all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
      failures: [...sum.failures, ...one.failures],
      skips: [...sum.skips, ...one.skips],
    }),
    NOTHING,
  )
}

/** The line every runner of checks understands. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
