/** Where these tests can run, and how they tell why not. */
import { describe } from 'vitest'
import { reasonToSkip } from '../../hostile/harness/service.js'

/** As describe, but skipped with the first reason there is. */
export function describeUnless(
  reasons: readonly (string | undefined | false)[],
  title: string,
  tests: () => void,
): void {
  const reason = reasons.find((candidate) => typeof candidate === 'string')
  describe.skipIf(reason !== undefined)(
    `${title}${reason === undefined ? '' : `, skipped: ${reason}`}`,
    () => {
      tests()
    },
  )
}

export { reasonToSkip as noService }
