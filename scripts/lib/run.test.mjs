import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { run } from './run.mjs'

/** Processes that have the text in their command line. */
function processesNamed(text) {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
    } catch {
      return false
    }
  })
}

const sh = (script, options) => run(['sh', '-c', script], options)

describe('running a program', () => {
  it('tells how it ended and what it said', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toMatchObject({
      code: 3,
      signal: null,
      timedOut: false,
    })
    expect((await sh('echo out; echo err >&2')).output.split('\n').toSorted()).toEqual(['', 'err', 'out'])
    expect(await sh('kill -9 $$')).toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  it('gives it the environment it is asked to', async () => {
    expect((await sh('echo "$GIVEN"', { env: { GIVEN: 'this' } })).output).toBe('this\n')
  })

  it('keeps the end of a long output', async () => {
    const { output } = await sh('seq 100000; echo last')
    expect(output.length).toBeLessThanOrEqual(64 * 1024)
    expect(output.endsWith('100000\nlast\n')).toBe(true)
  })

  it('says so when there is no such program', async () => {
    expect(await run(['no-such-program-at-all'])).toMatchObject({
      code: 127,
      output: 'no-such-program-at-all: not found',
    })
  })

  it('ends one that takes too long, with all it started, although they ignore the polite signal', async () => {
    const name = `stubborn-${randomUUID()}`
    const stubborn = `trap "" TERM; while :; do sleep 0.05; done # ${name}`
    const result = await sh(`sh -c '${stubborn}' & ${stubborn}`, { timeoutMs: 300, graceMs: 100 })
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL' })
    await expect.poll(() => processesNamed(name)).toEqual([])
  })

  it('takes along what a program leaves behind', async () => {
    const name = `left-${randomUUID()}`
    expect(await sh(`sh -c 'sleep 60; : ${name}' & exit 0`)).toMatchObject({ code: 0 })
    await expect.poll(() => processesNamed(name)).toEqual([])
  })
})
