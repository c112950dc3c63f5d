import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildAnalysisProcess } from '../../tests/analysis/build-analysis-process.js'
import type { BuiltProcess } from '../../tests/analysis/build-analysis-process.js'
import type { AnalysisReport, AnalysisRequest } from '../contract/analysis.js'
import type { Analyzer } from './analyzer.js'
import { DEFAULT_BOUNDS } from './engine/bounds.js'
import { createProcessAnalyzer } from './process-analyzer.js'
import type { ProcessAnalyzerOptions } from './process-analyzer.js'

/** Time is no concern of these tests, whatever the machine. */
const BOUNDS = { ...DEFAULT_BOUNDS, timeMs: 60_000 }

let built: BuiltProcess
const open: Analyzer[] = []

beforeAll(async () => {
  built = await buildAnalysisProcess()
}, 120_000)
afterAll(() => built.remove())
afterEach(async () => {
  await Promise.all(open.splice(0).map((analyzer) => analyzer.close()))
})

function newAnalyzer(options: ProcessAnalyzerOptions = {}): Analyzer {
  const analyzer = createProcessAnalyzer({ entry: built.entry, bounds: BOUNDS, ...options })
  open.push(analyzer)
  return analyzer
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function program(language: string, name: string, source: string | Uint8Array): AnalysisRequest {
  const content = typeof source === 'string' ? encode(source) : source
  return { language, entryPoint: name, files: [{ name, content }] }
}

const EVAL = program('python', 'main.py', 'eval("1")\n')

/** Whatever came before, the analyzer still finds what there is to find. */
async function expectToWork(analyzer: Analyzer): Promise<void> {
  expect(rulesOf(await analyzer.analyze(EVAL))).toEqual(['python/eval'])
}

function rulesOf({ findings }: AnalysisReport): string[] {
  return findings.map(({ rule }) => rule)
}

/** Ids of the analysis processes that this test process has started. */
function analysisProcesses(): string[] {
  return readdirSync('/proc').filter((id) => {
    try {
      const isChild = readFileSync(`/proc/${id}/stat`, 'utf8').split(' ')[3] === String(process.pid)
      return isChild && readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(built.entry)
    } catch {
      return false
    }
  })
}

describe('the process analyzer', () => {
  it('reports what it finds, with positions and counts', async () => {
    const report = await newAnalyzer().analyze(
      program('python', 'main.py', 'import os as o\nname = input()\n\n"é𝒳"; o.system(name)\n'),
    )
    expect(report.findings).toEqual([
      expect.objectContaining({
        rule: 'python/blocking-input',
        file: 'main.py',
        line: 2,
        column: 8,
        endLine: 2,
        endColumn: 13,
      }),
      expect.objectContaining({
        rule: 'python/os-command',
        category: 'system-command',
        severity: 'critical',
        file: 'main.py',
        line: 4,
        column: 8,
        endLine: 4,
        endColumn: 16,
        message: expect.stringContaining('`os.system`') as string,
      }),
    ])
    expect(report.summary).toEqual({
      language: 'python',
      status: 'complete',
      total: 2,
      bySeverity: { critical: 1, high: 0, medium: 0, low: 1 },
      byCategory: { 'system-command': 1, 'blocking-input': 1 },
      worst: 'critical',
      filesAnalyzed: 1,
      notes: [],
    })
  })

  it('names the file of each finding, in the order sent, and passes over data', async () => {
    const report = await newAnalyzer().analyze({
      language: 'python',
      entryPoint: 'z.py',
      files: [
        { name: 'z.py', content: encode('import requests\nrequests.get("x")\nexec("1")') },
        { name: 'data.txt', content: encode('eval("1")') },
        { name: 'a/b.py', content: encode('eval("1")') },
        { name: 'requests.py', content: encode('def get(x): return x') },
      ],
    })
    expect(report.findings.map(({ file, rule, line }) => [file, line, rule])).toEqual([
      ['z.py', 3, 'python/eval'],
      ['a/b.py', 1, 'python/eval'],
    ])
    expect(report.summary.filesAnalyzed).toBe(3)
  })

  it('says that a language has no grammar, without starting a process', async () => {
    const { findings, summary } = await newAnalyzer().analyze(program('brainfuck', 'x.bf', '+'))
    expect(findings).toEqual([])
    expect(summary).toMatchObject({
      status: 'unsupported',
      notes: [expect.stringContaining('no grammar for brainfuck')],
    })
    expect(analysisProcesses()).toEqual([])
  })

  it('answers each of many at once with its own report', async () => {
    const analyzer = newAnalyzer({ processes: 2 })
    const sources = ['eval("1")', 'import os\nos.system("x")', 'print(1)', 'import pickle\npickle.load(f)']
    const reports = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        analyzer.analyze(program('python', 'm.py', sources[index % 4] ?? '')),
      ),
    )
    const expected = [['python/eval'], ['python/os-command'], [], ['python/unsafe-deserialisation']]
    expect(reports.map(rulesOf)).toEqual(Array.from({ length: 24 }, (_, index) => expected[index % 4]))
    expect(analysisProcesses()).toHaveLength(2)
  })

  it('gives the same report every time', async () => {
    const analyzer = newAnalyzer()
    const source = program('javascript', 'm.js', 'eval(1); fetch(2); while (true) {}\n'.repeat(50))
    const first = await analyzer.analyze(source)
    expect(await analyzer.analyze(source)).toEqual(first)
    expect(first.summary.total).toBe(150)
  })

  it('lists the worst findings when there are too many, and counts them all', async () => {
    const source = `${'input()\n'.repeat(300)}eval("1")\n`
    const { findings, summary } = await newAnalyzer().analyze(program('python', 'm.py', source))
    expect(findings).toHaveLength(DEFAULT_BOUNDS.listedFindings)
    expect(findings.at(-1)).toMatchObject({ rule: 'python/eval', line: 301 })
    expect(summary).toMatchObject({ status: 'partial', total: 301, bySeverity: { critical: 1, low: 300 } })
  })

  it('refuses when too many wait, and once it is closed', async () => {
    const analyzer = newAnalyzer({ maxWaiting: 4 })
    const accepted = [1, 2, 3].map(() => analyzer.analyze(EVAL))
    await expect(analyzer.analyze(EVAL)).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    expect((await Promise.all(accepted)).map(rulesOf)).toEqual([
      ['python/eval'],
      ['python/eval'],
      ['python/eval'],
    ])
    await analyzer.close()
    await expect(analyzer.analyze(EVAL)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
  })

  it('serves clients by turns, and refuses the one that takes up the line', async () => {
    const analyzer = newAnalyzer({ maxWaiting: 8 })
    const order: string[] = []
    const analyze = (clientKey: string): Promise<unknown> =>
      analyzer.analyze(EVAL, { clientKey }).then(
        () => order.push(clientKey),
        () => order.push(`${clientKey} refused`),
      )
    await Promise.all(['many', 'many', 'many', 'many', 'many', 'many', 'one'].map(analyze))
    expect(order).toEqual(['many refused', 'many', 'many', 'one', 'many', 'many', 'many'])
  })

  it('answers what runs and waits as failed when it is closed', async () => {
    const analyzer = newAnalyzer()
    const reports = [analyzer.analyze(EVAL), analyzer.analyze(EVAL)]
    await analyzer.close()
    expect((await Promise.all(reports)).map(({ summary }) => summary.status)).toEqual(['failed', 'failed'])
    expect(analysisProcesses()).toEqual([])
  })

  it('takes a waiting analysis out when its signal aborts', async () => {
    const analyzer = newAnalyzer()
    const client = new AbortController()
    const running = analyzer.analyze(EVAL)
    const waiting = analyzer.analyze(EVAL, { signal: client.signal })
    client.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    expect(rulesOf(await running)).toEqual(['python/eval'])
    await expect(analyzer.analyze(EVAL, { signal: client.signal })).rejects.toThrow('gone')
  })

  it('ends an idle process and starts another when needed', async () => {
    const analyzer = newAnalyzer({ idleMs: 1 })
    await expectToWork(analyzer)
    await expect.poll(analysisProcesses).toEqual([])
    await expectToWork(analyzer)
  })

  it('replaces a process that was killed while idle', async () => {
    const analyzer = newAnalyzer()
    await expectToWork(analyzer)
    for (const id of analysisProcesses()) process.kill(Number(id), 'SIGKILL')
    await expect.poll(analysisProcesses).toEqual([])
    await expectToWork(analyzer)
  })

  it('reports a failure, and goes on, when the process cannot start', async () => {
    const reasons: string[] = []
    const analyzer = newAnalyzer({
      entry: '/nonexistent/main.js',
      onProcessEnded: (why) => reasons.push(why),
    })
    const { summary } = await analyzer.analyze(EVAL)
    expect(summary).toMatchObject({ status: 'failed', total: 0 })
    expect(reasons).toEqual(['exit code 1'])
  })
})

describe('the analysis process', () => {
  it('works as nobody, with nothing of the environment', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can become nobody')
    await expectToWork(newAnalyzer())
    const [id] = analysisProcesses()
    expect(readFileSync(`/proc/${id}/status`, 'utf8')).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m)
    expect(readFileSync(`/proc/${id}/status`, 'utf8')).toMatch(/^Groups:\t\s*$/m)
    const environment = readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').filter(Boolean)
    expect(environment.filter((variable) => !variable.startsWith('NODE_CHANNEL_'))).toEqual([])
    expect(readFileSync(`/proc/${id}/oom_score_adj`, 'utf8')).toBe('1000\n')
    expect(readlinkSync(`/proc/${id}/cwd`)).toBe('/')
  })
})
