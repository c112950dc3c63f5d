import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { ROOT } from '../lib/paths.mjs'

/** What the rule says of each source: the columns it points at. */
function columnsIn(source) {
  const folder = mkdtempSync(join(tmpdir(), 'codeexec-lint-'))
  try {
    const config = {
      jsPlugins: [join(ROOT, 'scripts', 'lint', 'codeexec.mjs')],
      categories: { correctness: 'off' },
      rules: { 'codeexec/no-effect-in-optional-call': 'error' },
    }
    writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify(config))
    writeFileSync(join(folder, 'source.ts'), source)
    const oxlint = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint')
    const { stdout } = spawnSync(process.execPath, [oxlint, '--format=json'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return JSON.parse(stdout).diagnostics.map(({ labels }) => labels[0].span.column)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it.each([
  ['onPruned?.(await store.prune())', [12]],
  ['f?.(g())', [5]],
  ['f?.(1, { a: [new A()] })', [14]],
  ['a.f?.(n++)', [7]],
  ['a?.f(x = 1)', [6]],
  ['a?.b.f(await g())', [8]],
  ['f?.(`a ${g()}`)', [10]],
  ['f?.(delete a.b)', [5]],
])('%s has an effect that may not happen', (source, columns) => {
  expect(columnsIn(source)).toEqual(columns)
})

it.each([
  'f?.(a.b)',
  'f?.(() => g())',
  'a?.f(g())',
  'f(await g())',
  'f?.({ a, b: a + 1 })',
  'f(a?.b, await g())',
])('%s is well', (source) => {
  expect(columnsIn(source)).toEqual([])
})
