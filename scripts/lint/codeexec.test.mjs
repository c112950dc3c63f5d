import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { ROOT } from '../lib/paths.mjs'

/** Columns that the rule points at, by line: all lines are looked at in one run. */
function columnsByLine(lines) {
  const folder = mkdtempSync(join(tmpdir(), 'codeexec-lint-'))
  try {
    const config = {
      jsPlugins: [join(ROOT, 'scripts', 'lint', 'codeexec.mjs')],
      categories: { correctness: 'off' },
      rules: { 'codeexec/no-effect-in-optional-call': 'error' },
    }
    writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify(config))
    writeFileSync(join(folder, 'source.ts'), lines.join('\n'))
    const oxlint = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint')
    const { stdout } = spawnSync(process.execPath, [oxlint, '--format=json'], {
      cwd: folder,
      encoding: 'utf8',
    })
    const spans = JSON.parse(stdout).diagnostics.map(({ labels }) => labels[0].span)
    return lines.map((_, index) => spans.find(({ line }) => line === index + 1)?.column)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it('finds effects that happen only where an optional call does', () => {
  const columns = {
    'onPruned?.(await store.prune())': 12,
    'f?.(g())': 5,
    'f?.(1, { a: [new A()] })': 14,
    'a.f?.(n++)': 7,
    'a?.f(x = 1)': 6,
    'a?.b.f(await g())': 8,
    'f?.(`a ${g()}`)': 10,
    'f?.(delete a.b)': 5,
  }
  expect(columnsByLine(Object.keys(columns))).toEqual(Object.values(columns))
})

it('leaves everything else', () => {
  const lines = [
    'f?.(a.b)',
    'f?.(() => g())',
    'a?.f(g())',
    'f(await g())',
    'f?.({ a, b: a + 1 })',
    'f(a?.b, await g())',
  ]
  expect(columnsByLine(lines)).toEqual(lines.map(() => undefined))
})
