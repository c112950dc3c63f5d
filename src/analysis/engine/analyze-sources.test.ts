import { describe, expect, it } from 'vitest'
import { analyzeFiles, analyzeText, analyzeTexts, rulesOf } from '../test-support.js'

const where = (
  finding: { line: number; column: number; endLine: number; endColumn: number } | undefined,
): number[] => (finding ? [finding.line, finding.column, finding.endLine, finding.endColumn] : [])

describe('a finding', () => {
  it.each([
    ['python', 'x = 1\n  \neval(\n"1")', [3, 1, 3, 5]],
    ['python', 'import os\r\nos \\\r\n  .system("x")', [2, 1, 3, 10]],
    ['python', 's = "é𝒳"; eval(s)', [1, 12, 1, 16]],
    ['python', 'while True:\n    pass', [1, 1, 1, 12]],
    ['java', 'class A { void f() throws Exception {\n Runtime.getRuntime()\n  .exec("x"); } }', [2, 2, 3, 8]],
    ['ruby', 'system "ls", "-l"', [1, 1, 1, 7]],
    ['ruby', 'x.instance_eval(<<~END)\n  1\nEND\n', [1, 1, 1, 16]],
    ['c', 'int main(void) { for (;;) { } }', [1, 18, 1, 26]],
    ['bash', 'cat x | sh', [1, 1, 1, 11]],
  ])('in %s covers what is called, not its arguments: %j', async (language, source, expected) => {
    const { findings } = await analyzeText(language, source)
    expect(where(findings.find(({ severity }) => severity !== 'low'))).toEqual(expected)
  })

  it('names what was found by the name people know', async () => {
    const { findings } = await analyzeText(
      'python',
      'from pathlib import Path as P\nP("x").unlink()\neval("1")',
    )
    expect(findings.map(({ message }) => message.slice(0, message.indexOf(' ')))).toEqual([
      '`pathlib.Path.unlink`',
      '`eval`',
    ])
  })

  it('is reported once for a call within its callee', async () => {
    const source = 'require("util").promisify(require("child_process").exec)("ls")'
    expect(rulesOf(await analyzeText('javascript', source))).toEqual(['js/child-process'])
  })

  it('is found in code that does not parse', async () => {
    expect(rulesOf(await analyzeText('javascript', 'const = 3;\neval("1")\n}}}'))).toContain('js/eval')
    expect(rulesOf(await analyzeText('python', 'x = = 1\neval("1")\n'))).toContain('python/eval')
  })
})

describe('files', () => {
  it('are read by their extensions, the entry whatever it is called', async () => {
    const report = await analyzeTexts('python', {
      'run.txt': 'eval("1")',
      'b.txt': 'eval("2")',
      'c.py': 'eval("3")',
    })
    expect(report.findings.map(({ file }) => file)).toEqual(['run.txt', 'c.py'])
    expect(report.summary.filesAnalyzed).toBe(2)
  })

  it('hide libraries of their names', async () => {
    const source = 'import requests, tools.web as web\nrequests.get("x")\nweb.get("y")'
    expect(rulesOf(await analyzeTexts('python', { 'main.py': source }))).toEqual(['python/http-client'])
    const files = { 'main.py': source, 'requests.py': '', 'tools/web.py': '' }
    expect(rulesOf(await analyzeTexts('python', files))).toEqual([])
  })

  it('of TypeScript may be tsx or JavaScript', async () => {
    const report = await analyzeTexts('typescript', {
      'main.ts': 'const x = <string>eval("1")',
      'view.tsx': 'const v = <p onClick={() => eval("1")}>x</p>',
      'old.cjs': 'require("child_process").exec("x")',
    })
    expect(report.findings.map(({ file, rule }) => [file, rule])).toEqual([
      ['main.ts', 'js/eval'],
      ['view.tsx', 'js/eval'],
      ['old.cjs', 'js/child-process'],
    ])
  })

  it('are sorted as sent, findings by position', async () => {
    const text = 'eval("1"); import os; os.system("2")\nexec("3")'
    const { findings } = await analyzeTexts('python', { 'z.py': text, 'a.py': text })
    expect(findings.map(({ file, line, column }) => [file, line, column])).toEqual([
      ['z.py', 1, 1],
      ['z.py', 1, 23],
      ['z.py', 2, 1],
      ['a.py', 1, 1],
      ['a.py', 1, 23],
      ['a.py', 2, 1],
    ])
  })

  it('may hold bytes that are not UTF-8, and a byte order mark', async () => {
    const content = Buffer.concat([
      Buffer.from('\uFEFFx = "'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"; eval(x)'),
    ])
    const { findings } = await analyzeFiles('python', [{ name: 'm.py', content }])
    expect(where(findings[0])).toEqual([1, 11, 1, 15])
  })
})

describe('bounds', () => {
  it('on nodes leave the end of a file out', async () => {
    const { findings, summary } = await analyzeText(
      'python',
      `eval("1")\n${'x = 1\n'.repeat(100)}eval("2")\n`,
      { nodes: 100 },
    )
    expect(findings.map(({ line }) => line)).toEqual([1])
    expect(summary).toMatchObject({
      status: 'partial',
      notes: ['`main.py` is too large; only its beginning was analyzed.'],
    })
  })

  it('on depth leave out what lies deeper', async () => {
    const { findings, summary } = await analyzeText('python', 'f(f(f(f(eval("1")))))\neval("2")', {
      depth: 8,
    })
    expect(findings.map(({ line }) => line)).toEqual([2])
    expect(summary.notes).toEqual([
      '`main.py` is nested more than 8 deep; what lies deeper was not analyzed.',
    ])
  })

  it('on findings stop the search, and say so', async () => {
    const { summary } = await analyzeTexts(
      'python',
      { 'a.py': 'eval("1")\n'.repeat(10), 'b.py': 'eval("1")' },
      { findings: 4 },
    )
    expect(summary).toMatchObject({ status: 'partial', total: 4 })
    expect(summary.notes).toEqual([expect.stringContaining('`a.py`'), expect.stringContaining('`b.py`')])
  })

  it('on size leave out the files that do not fit, not the others', async () => {
    const { findings, summary } = await analyzeTexts(
      'python',
      { 'a.py': 'eval("1")', 'b.py': 'x = 1\n'.repeat(20), 'c.py': 'eval("2")' },
      { sourceBytes: 40 },
    )
    expect(findings.map(({ file }) => file)).toEqual(['a.py', 'c.py'])
    expect(summary.notes).toEqual([expect.stringContaining('`b.py`')])
  })

  it('on notes keep them few', async () => {
    const texts = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}.py`, 'x = 1']))
    const { summary } = await analyzeTexts('python', texts, { sourceBytes: 1 })
    expect(summary.notes).toHaveLength(20)
    expect(summary.notes.at(-1)).toBe('More was left out.')
  })
})
