import { describe, expect, it } from 'vitest'
import type { HostileCase } from '../case.js'
import { problemsOf } from './judge.js'
import type { ExecuteResult, Forbidden } from './judge.js'

const NOTHING_FORBIDDEN: Forbidden = { secrets: [], paths: [] }
const expected: HostileCase = { program: 'c/x.c', tries: 'something', verdict: 'succeeded' }
const result: ExecuteResult = {
  output: 'DENIED mount EPERM\n',
  stderr: '',
  errorMessage: null,
  runTimeStatus: 'succeeded',
  exitCode: 0,
  signal: null,
  truncated: { stdout: false, stderr: false },
  usage: { wallTimeMs: 1, cpuTimeMs: 1, memoryBytes: 1 },
  compile: null,
}

function judge(more: Partial<HostileCase>, changed: Partial<ExecuteResult>, forbidden = NOTHING_FORBIDDEN) {
  const body = JSON.stringify({ succeeded: true, result: { ...result, ...changed } })
  return problemsOf({ ...expected, ...more }, { status: 200, body }, forbidden)
}

describe('judging an answer', () => {
  it('finds nothing wrong with what was expected', () => {
    expect(judge({ denials: 1, prints: [/^DENIED mount/m], exitCode: 0 }, {})).toEqual([])
    expect(judge({ verdict: ['runtime_error', 'succeeded'] }, {})).toEqual([])
  })

  it.each<[string, Partial<HostileCase>, Partial<ExecuteResult>]>([
    ['another verdict', {}, { runTimeStatus: 'internal_error' }],
    ['another exit code', { exitCode: 3 }, {}],
    ['another signal', { signal: 'SIGKILL' }, {}],
    ['other output', { output: 'nothing' }, {}],
    ['a missing line', { prints: [/^LIMIT HELD$/m] }, {}],
    ['a line that must not be', { neverPrints: [/mount/] }, {}],
    ['a leak on standard output', {}, { output: 'fine\nLEAK secret\n' }],
    ['a leak on standard error', {}, { stderr: 'LEAK secret\n' }],
    ['a leak in the compiler’s words', {}, { errorMessage: 'LEAK secret' }],
    ['an attempt that could not be made', {}, { output: 'BROKEN mount: no child\n' }],
    ['fewer denials than attempts', { denials: 2 }, {}],
    ['output that was not marked as cut', { truncated: ['stdout'] }, {}],
    ['too little CPU time', { minCpuTimeMs: 500 }, {}],
  ])('reports %s', (_, more, changed) => {
    expect(judge(more, changed)).toHaveLength(1)
  })

  it('reports planted words and paths wherever they are', () => {
    const forbidden = { secrets: ['planted-word'], paths: ['/srv/service'] }
    const answer = {
      compile: { output: 'planted-word', exitCode: 0, usage: result.usage },
      stderr: '/srv/service/x',
    }
    expect(judge({}, answer, forbidden)).toHaveLength(2)
  })

  it('reports an answer that is no result', () => {
    expect(
      problemsOf(expected, { status: 503, body: '{"code":"QUEUE_FULL"}' }, NOTHING_FORBIDDEN),
    ).toHaveLength(1)
  })
})
