/**
 * Sends every hostile program to the real service, as a client would, and then counts what is left on the host.
 * Nothing here is timed: limits of time are the service's own, and how long answers took is printed, not asserted.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CASES } from './cases.js'
import type { HostileCase } from './case.js'
import { caseName, isSkippedBy, languageOf } from './case.js'
import { differences } from './harness/census.js'
import {
  annotationProcessor,
  clientsThatLeave,
  memoryOfOthers,
  othersCounters,
  othersMarkers,
  refusedNames,
  visitorsFromOutside,
} from './harness/interplay.js'
import { censusTable, resultTable } from './harness/report.js'
import { DRIVER, reasonToSkip } from './harness/service.js'
import type { Suite } from './harness/suite.js'
import { isReady, openSuite } from './harness/suite.js'

const skipReason = reasonToSkip()
const NO_WAY_OUT = 'c/net-interfaces.c'

describe.skipIf(skipReason !== undefined)(
  `hostile programs${skipReason === undefined ? '' : `, skipped: ${skipReason}`}`,
  { timeout: 600_000 },
  () => {
    let suite: Suite
    let hasNoWayOut = false

    beforeAll(async () => {
      suite = await openSuite()
    }, 180_000)

    afterAll(async () => {
      await suite?.close()
    }, 120_000)

    const network = CASES['network'] ?? []
    const first = network.find(({ program }) => program === NO_WAY_OUT)

    it('the sandbox has no interface but loopback', async (context) => {
      if (first === undefined) throw new Error(`${NO_WAY_OUT} is missing`)
      context.skip(!isReady(suite, first), 'the image of c is not ready')
      const problems = await suite.run(first)
      hasNoWayOut = problems.length === 0
      expect(problems).toEqual([])
    })

    for (const [category, cases] of Object.entries(CASES)) {
      describe(`against ${category}`, () => {
        it.concurrent.for(
          cases
            .filter((hostile) => hostile !== first)
            .map((hostile) => [caseName(hostile), hostile] as const),
        )('%s', async ([, hostile], { skip }) => {
          skip(!isReady(suite, hostile), `the image of ${languageOf(hostile)} is not ready`)
          skip(isSkippedBy(DRIVER, hostile), hostile.docker?.why)
          skip(mayLeaveTheHost(hostile) && !hasNoWayOut, 'it was not shown that packets stay inside')
          expect(await suite.run(hostile)).toEqual([])
        })
      })
    }

    function mayLeaveTheHost({ program }: HostileCase): boolean {
      return network.some((one) => one.program === program)
    }

    describe('between executions, clients and the host', () => {
      it('one execution sees nothing of another, at the same time or later', async (context) => {
        context.skip(!suite.languages.has('python'), 'the image of python is not ready')
        expect(await othersMarkers(suite)).toEqual([])
      })

      it('one execution reads nothing of what the kernel counted for another', async (context) => {
        context.skip(!suite.languages.has('python'), 'the image of python is not ready')
        expect(await othersCounters(suite)).toEqual([])
      })

      it('memory of an ended program is nobody else’s', async (context) => {
        context.skip(!suite.languages.has('c'), 'the image of c is not ready')
        context.skip(!suite.languages.has('python'), 'the image of python is not ready')
        expect(await memoryOfOthers(suite)).toEqual([])
      })

      it('nobody outside reaches what a program listens on', async (context) => {
        context.skip(!suite.languages.has('typescript'), 'the image of typescript is not ready')
        expect(await visitorsFromOutside(suite)).toEqual([])
      })

      it('an annotation processor sent as a class file does not run in the compiler', async (context) => {
        context.skip(!suite.languages.has('java'), 'the image of java is not ready')
        expect(await annotationProcessor(suite)).toEqual([])
      })

      it('file names that lead elsewhere are refused before anything runs', async () => {
        expect(await refusedNames(suite)).toEqual([])
      })

      it('clients that go away in the middle leave a service that answers', async () => {
        expect(await clientsThatLeave(suite)).toEqual([])
      })
    })

    describe('after all of them', () => {
      it('nothing is left on the host', async () => {
        const after = await suite.settledCensus()
        console.log(`${resultTable(suite.rows)}\n\n${censusTable(suite.before, after)}`)
        if (suite.service.log() !== '') console.log(`The service said:\n${suite.service.log()}`)
        expect(differences(suite.before, after)).toEqual([])
      })

      it('no listener of the host was visited, and the service kept its secrets to itself', () => {
        expect(suite.canaries.visits).toEqual([])
        for (const secret of suite.canaries.secrets) expect(suite.service.log()).not.toContain(secret)
        expect(suite.service.isRunning()).toBe(true)
      })

      it('the service stops when it is told to, and takes everything with it', async () => {
        expect(await suite.stop()).toEqual({ exitCode: 0, left: [] })
      })
    })
  },
)
