import { describe, expect, it } from 'vitest'
import type { Retention } from './records.js'
import { startRetention } from './retention.js'

const RETENTION: Retention = { submissionMs: 1, executionMs: 2 }
const NOTHING = { deleted: { submissions: 0, executions: 0, shares: 0 }, bytes: 0 }

describe('retention', () => {
  it('prunes at once, again and again, one at a time, whatever fails', async () => {
    const faults: unknown[] = []
    const reports: unknown[] = []
    let [calls, under, most] = [0, 0, 0]
    const enough = new Promise<void>((resolve) => {
      const job = startRetention({
        store: {
          prune: async (retention, nowMs) => {
            expect([retention, nowMs]).toEqual([RETENTION, 77])
            most = Math.max(most, ++under)
            await Promise.resolve()
            under--
            if (++calls === 2) throw new Error('away')
            if (calls === 4) resolve(job.stop())
            return NOTHING
          },
        },
        retention: RETENTION,
        intervalMs: 1,
        clock: () => 77,
        onPruned: (report) => reports.push(report),
        onFault: (error) => faults.push(error),
      })
    })
    await enough
    expect(calls).toBeGreaterThanOrEqual(4)
    expect(most).toBe(1)
    expect(reports).toHaveLength(3)
    expect(faults).toEqual([new Error('away')])
  })
})
