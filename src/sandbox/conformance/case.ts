import { it } from 'vitest'

import type { Bench } from './bench.js'
import type { ConformancePrograms, Need } from './programs.js'

/** Registers one case; it is skipped, visibly, where the driver does not claim what it needs. */
export type Case = (title: string, needs: readonly Need[], body: (bench: Bench) => Promise<void>) => void

/** The cases about one part of the promise. */
export type CaseGroup = (test: Case) => void

export function caseRegistrar(programs: ConformancePrograms, bench: () => Bench): Case {
  return (title, needs, body) => {
    const missing = needs.filter((need) => !programs.supports(need))
    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the case brings both
    it(title, async ({ skip }) => {
      skip(missing.length > 0, `this driver does not claim ${missing.join(', ')}`)
      await body(bench())
    })
  }
}
