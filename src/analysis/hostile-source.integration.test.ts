import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildAnalysisProcess } from '../../tests/analysis/build-analysis-process.js'
import type { BuiltProcess } from '../../tests/analysis/build-analysis-process.js'
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import type { Analyzer } from './analyzer.js'
import { DEFAULT_BOUNDS } from './engine/bounds.js'
import { createProcessAnalyzer } from './process-analyzer.js'
import type { ProcessAnalyzerOptions } from './process-analyzer.js'

let built: BuiltProcess
/** One analyzer for most tests: each source meets a process that has met all sources before. */
let shared: Analyzer
const ended: string[] = []
const open: Analyzer[] = []

beforeAll(async () => {
  built = await buildAnalysisProcess()
  // Larger than a service lets through, so that the other bounds have to hold.
  const bounds = { ...DEFAULT_BOUNDS, sourceBytes: 2 * 1024 * 1024 }
  shared = createProcessAnalyzer({ entry: built.entry, bounds, onProcessEnded })
})
afterAll(async () => {
  await shared.close()
  await built.remove()
})
afterEach(async () => {
  ended.length = 0
  await Promise.all(open.splice(0).map((analyzer) => analyzer.close()))
})

function onProcessEnded(why: string): void {
  ended.push(why)
}

/** An analyzer whose own bounds are wide, so that the limits around it are what holds. */
function newAnalyzer(options: ProcessAnalyzerOptions): Analyzer {
  const bounds = { ...DEFAULT_BOUNDS, timeMs: 60_000, sourceBytes: 100 * 1024 * 1024, nodes: 1e9 }
  const analyzer = createProcessAnalyzer({ entry: built.entry, bounds, onProcessEnded, ...options })
  open.push(analyzer)
  return analyzer
}

function program(language: string, name: string, source: string | Uint8Array): AnalysisRequest {
  const content = typeof source === 'string' ? new TextEncoder().encode(source) : source
  return { language, entryPoint: name, files: [{ name, content }] }
}

function rulesOf({ findings }: AnalysisReport): string[] {
  return findings.map(({ rule }) => rule)
}

async function expectToWork(analyzer: Analyzer): Promise<void> {
  expect(rulesOf(await analyzer.analyze(program('python', 'main.py', 'eval("1")\n')))).toEqual([
    'python/eval',
  ])
}

const lines = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n')

const DEEP = 200_000

describe('hostile source', () => {
  const cases: readonly [name: string, language: string, file: string, source: string | Uint8Array][] = [
    ['a million open parentheses', 'python', 'm.py', '('.repeat(1_000_000)],
    ['half a million balanced brackets', 'javascript', 'm.js', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['deep blocks', 'c', 'm.c', `int main(void) ${'{'.repeat(DEEP)}${'}'.repeat(DEEP - 50)}`],
    ['deep templates', 'cpp', 'm.cpp', `a${'<a'.repeat(DEEP)}${'>'.repeat(DEEP)} x;`],
    ['deep generics', 'java', 'M.java', `class M { ${'A<'.repeat(DEEP)}B${'>'.repeat(DEEP)} x; }`],
    ['deep string interpolation', 'ruby', 'm.rb', '"#{'.repeat(DEEP) + '}"'.repeat(DEEP)],
    ['deep command substitution', 'bash', 'm.sh', `echo ${'$('.repeat(DEEP)}${')'.repeat(DEEP)}`],
    ['deep function literals', 'go', 'm.go', `package main\nvar x = ${'func() {'.repeat(DEEP / 2)}`],
    ['a long chain of calls', 'typescript', 'm.ts', `a${'.b()'.repeat(DEEP)}`],
    ['a very long sum', 'python', 'm.py', `x = ${'1 + '.repeat(DEEP)}1`],
    ['a megabyte in one line', 'python', 'm.py', 'x = 1; '.repeat(140_000)],
    ['ten megabytes', 'python', 'm.py', 'print(1)\n'.repeat(1_200_000)],
    ['nothing but NUL', 'ruby', 'm.rb', new Uint8Array(500_000)],
    [
      'mixed bytes',
      'cpp',
      'm.cpp',
      Uint8Array.from({ length: 300_000 }, (_, n) => (n * 7919 * (n % 251)) % 256),
    ],
    ['bytes that are not UTF-8', 'bash', 'm.sh', new Uint8Array(300_000).fill(0xff)],
    ['aliases of each other', 'python', 'm.py', lines(20_000, (n) => `a${n} = a${(n * 7) % 20_000}`)],
    [
      'macros that rename each other',
      'c',
      'm.c',
      `${lines(20_000, (n) => `#define m${n % 50} m${(n * 3 + 1) % 50}`)}\nint main(void) { m1(m2(m3())); }`,
    ],
    ['endless loops by the thousand', 'javascript', 'm.js', 'while (true) { for (;;) {} }\n'.repeat(20_000)],
    ['a name as long as the file', 'go', 'm.go', `package main\nfunc ${'a'.repeat(900_000)}() {}`],
    ['unclosed heredocs', 'bash', 'm.sh', 'cat <<A <<B <<C\n'.repeat(20_000)],
    ['indentation that only grows', 'python', 'm.py', lines(1_200, (n) => `${' '.repeat(n)}if x:`)],
  ]

  it.each(cases)('is answered, and the next analysis works: %s', async (_, language, file, source) => {
    const { findings, summary } = await shared.analyze(program(language, file, source))
    expect(['complete', 'partial', 'failed']).toContain(summary.status)
    expect(findings.length).toBeLessThanOrEqual(DEFAULT_BOUNDS.listedFindings)
    expect(ended.length).toBe(summary.status === 'failed' ? 1 : 0)
    await expectToWork(shared)
  })

  it('does not hide what lies outside a part that is too deep', async () => {
    const source = `eval("1")\nx = ${'('.repeat(2_000)}1${')'.repeat(2_000)}\nexec("1")\n`
    const { findings, summary } = await shared.analyze(program('python', 'm.py', source))
    expect(findings.map(({ line }) => line)).toEqual([1, 3])
    expect(summary).toMatchObject({ status: 'partial', notes: [expect.stringContaining('nested more than')] })
  })

  it('does not hide code behind NUL bytes', async () => {
    const report = await shared.analyze(program('python', 'm.py', 'x = 1\n\0\0\neval("1")\n'))
    expect(rulesOf(report)).toEqual(['python/eval'])
  })
})

describe('the limits around an analysis', () => {
  it('leave out what is too large, and say so', async () => {
    const { summary } = await shared.analyze(program('python', 'm.py', new Uint8Array(10 * 1024 * 1024)))
    expect(summary).toMatchObject({
      status: 'partial',
      filesAnalyzed: 0,
      notes: [expect.stringContaining('`m.py`')],
    })
  })

  it('stop it at its time', async () => {
    const analyzer = newAnalyzer({ bounds: { ...DEFAULT_BOUNDS, timeMs: 5 } })
    const { summary } = await analyzer.analyze(program('python', 'm.py', 'print(1 + 2)\n'.repeat(30_000)))
    expect(summary).toMatchObject({
      status: 'partial',
      notes: [expect.stringMatching(/time was over|took too long/)],
    })
    expect(ended).toEqual([])
  })

  it('kill a process that does not stop', async () => {
    const analyzer = newAnalyzer({ killAfterMs: 1 })
    const { summary } = await analyzer.analyze(program('python', 'm.py', 'x = [1, 2]\n'.repeat(500_000)))
    expect(summary).toMatchObject({
      status: 'failed',
      notes: [expect.stringContaining('too much time or memory')],
    })
    expect(ended).toEqual(['no answer in 1 ms'])
  })

  it.each([
    ['of the parser', { parserBytes: 40 * 1024 * 1024 }],
    ['of the heap', { heapBytes: 24 * 1024 * 1024, parserBytes: 1024 * 1024 * 1024 }],
  ])('hold the memory %s, and the next analysis works', async (_, limits) => {
    const analyzer = newAnalyzer(limits)
    const { summary } = await analyzer.analyze(program('python', 'm.py', 'x = [1, 2]\n'.repeat(200_000)))
    expect(summary.status).toBe('failed')
    expect(ended).toHaveLength(1)
    await expectToWork(analyzer)
  })
})
