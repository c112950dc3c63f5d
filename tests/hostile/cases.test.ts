import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { VERDICTS } from '../../src/contract/verdict.js'
import { CASES } from './cases.js'
import { caseName, languageOf } from './case.js'
import { PROGRAMS, programText } from './harness/requests.js'

const cases = Object.values(CASES).flat()
/** Sent by tests that need more than one request. */
const SENT_ELSEWHERE = [
  'java/ProcessorMaker.java',
  'python/counters-find.py',
  'python/counters-leave.py',
  'python/marker-plant.py',
  'python/marker-seek.py',
  'typescript/net-server.ts',
]

describe('the hostile cases', () => {
  it('are at least 75 programs in all nine languages', () => {
    expect(new Set(cases.map(({ program }) => program)).size).toBeGreaterThanOrEqual(75)
    expect(new Set(cases.map(languageOf)).size).toBe(9)
  })

  it('have names of their own', () => {
    expect(cases.map(caseName)).toHaveLength(new Set(cases.map(caseName)).size)
  })

  it('use every program there is', () => {
    const used = cases.flatMap(({ program, with: others }) => [
      program,
      ...Object.values(others ?? {}).flatMap((other) => ('program' in other ? [other.program] : [])),
    ])
    const there = readdirSync(PROGRAMS).flatMap((language) =>
      readdirSync(`${PROGRAMS}${language}`).map((file) => `${language}/${file}`),
    )
    expect([...new Set([...used, ...SENT_ELSEWHERE])].toSorted()).toEqual(there.toSorted())
  })

  it('expect verdicts that exist, and none that blames the service', () => {
    for (const { verdict } of cases) {
      for (const one of [verdict].flat()) {
        expect(Object.keys(VERDICTS)).toContain(one)
        expect(one).not.toBe('internal_error')
      }
    }
  })

  it('send what their programs need along', () => {
    for (const hostile of cases) {
      const needsProbe = programText(hostile.program).includes('"probe.h"')
      expect([caseName(hostile), 'probe.h' in (hostile.with ?? {})]).toEqual([caseName(hostile), needsProbe])
    }
  })
})
