/** What every job queue does, wherever its jobs wait: one suite, run against each of them. */
import { afterEach, beforeEach, describe } from 'vitest'

import { boundedJobs } from './conformance/bounds.js'
import { endingJobs } from './conformance/ending.js'
import type { MakeQueue, QueueUnderTest } from './conformance/harness.js'
import { CAPACITY, QueueBench } from './conformance/harness.js'
import { runningJobs } from './conformance/running.js'
import { sharingSlots } from './conformance/sharing.js'

export type { QueueUnderTest } from './conformance/harness.js'

export function testJobQueue(name: string, make: MakeQueue): void {
  describe(`job queue ${name}`, () => {
    let underTest: QueueUnderTest
    let bench: QueueBench

    beforeEach(async () => {
      underTest = await make(CAPACITY)
      bench = new QueueBench(underTest.queue, make)
    })

    afterEach(async () => {
      await underTest.dispose?.()
    })

    runningJobs(() => bench)
    endingJobs(() => bench)
    sharingSlots(() => bench)
    boundedJobs(make)
  })
}
