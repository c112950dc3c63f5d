/**
 * What every sandbox driver does, whatever it is made of: one suite, run against each of them. What the programs do
 * is written in `conformance/fixtures/`; the fake driver does the same in memory.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { basics, input } from './conformance/basics.js'
import { Bench } from './conformance/bench.js'
import { caseRegistrar } from './conformance/case.js'
import { files } from './conformance/files.js'
import { interactive } from './conformance/interactive.js'
import { isolation } from './conformance/isolation.js'
import { kernelObjects } from './conformance/kernel-objects.js'
import { lifecycle } from './conformance/lifecycle.js'
import { memory } from './conformance/memory.js'
import { output } from './conformance/output.js'
import { processes } from './conformance/processes.js'
import type { ConformancePrograms } from './conformance/programs.js'
import { reportOnce } from './conformance/report-once.js'
import { time } from './conformance/time.js'
import type { SandboxDriver } from './driver.js'

export { compiledPrograms } from './conformance/programs.js'
export type { ConformancePrograms, ProgramName } from './conformance/programs.js'

export interface DriverUnderTest {
  readonly driver: SandboxDriver
  /** Names everything of closed sandboxes that is still there: processes, cgroups, mounts, namespaces, files. */
  leftovers(): Promise<readonly string[]>
}

const GROUPS = {
  basics,
  input,
  output,
  time,
  processes,
  memory,
  'kernel objects': kernelObjects,
  files,
  isolation,
  interactive,
  lifecycle,
}

export type Group = keyof typeof GROUPS

/**
 * Two sandboxes must be able to run at once. To leave the suite out where a host is unfit, wrap it in describe.skipIf.
 * `without` names groups that another run of the suite, with a driver of the same kind, has already.
 */
export function testSandboxDriver(
  name: string,
  make: () => Promise<DriverUnderTest>,
  programs: ConformancePrograms,
  options: { readonly without?: readonly Group[] } = {},
): void {
  describe(`sandbox driver ${name}`, () => {
    let underTest: DriverUnderTest | undefined
    let bench: Bench | undefined
    const unreported = reportOnce()

    beforeAll(async () => {
      const loaded = await programs.load()
      underTest = await make()
      bench = new Bench(underTest.driver, programs, loaded)
    })

    afterEach(async () => {
      expect(unreported(await ready(underTest).leftovers())).toEqual([])
    })

    afterAll(async () => {
      await underTest?.driver.close()
    })

    const test = caseRegistrar(programs, () => ready(bench))
    for (const [group, register] of Object.entries(GROUPS)) {
      if (options.without?.includes(group as Group) === true) continue
      describe(`${group}:`, () => {
        register(test)
      })
    }

    describe('close', () => {
      it('ends the sandboxes that are open and leaves nothing', async () => {
        const closing = await make()
        const { driver } = closing
        const spec = { image: programs.image, files: [], fileSystemBytes: 1_048_576 }
        await driver.open({ ...spec, executionId: 'left-open' })
        await driver.close()
        await expect(driver.open({ ...spec, executionId: 'too-late' })).rejects.toMatchObject({
          name: 'SandboxError',
        })
        expect(unreported(await closing.leftovers())).toEqual([])
      })
    })
  })
}

function ready<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the driver was not made')
  return value
}
