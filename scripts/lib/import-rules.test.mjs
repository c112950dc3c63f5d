import { describe, expect, it } from 'vitest'

import { importProblems, importsOf, webImportProblems } from './import-rules.mjs'

const problems = (files) => importProblems(new Map(Object.entries(files)))

describe('imports of a file', () => {
  it('finds every form and resolves it', () => {
    const source = `
      import type { A } from '../contract/a.js'
      import {
        b,
      } from './b.js'
      import './side-effect.js'
      export { c } from '../c/c.js'
      const d = await import('../d/d.js')
      import fs from 'node:fs'
      // import { no } from '../api/no.js'
      /* import { no } from '../api/no.js' */`
    expect(importsOf('queue/memory.ts', source)).toEqual([
      'contract/a.ts',
      'queue/b.ts',
      'queue/side-effect.ts',
      'c/c.ts',
      'd/d.ts',
    ])
  })
})

describe('the import table', () => {
  it('lets everyone import contract and main import everyone', () => {
    const files = {
      'contract/limits.ts': '',
      'queue/memory.ts': "import type { L } from '../contract/limits.js'",
      'main/all-in-one.ts': "import { q } from '../queue/memory.js'",
    }
    expect(problems(files)).toEqual([])
  })

  it.each([
    ['api', 'worker/worker', /api may not import worker\/worker\.ts; .*buildApp/],
    ['api', 'sandbox/driver', /api may not import/],
    ['api', 'images/build-image', /api may not import/],
    ['contract', 'config/schema', /contract may not import config\/schema\.ts; move/],
    ['worker', 'api/app', /observer/],
    ['sandbox', 'execution/plan', /decide above it/],
    ['queue', 'main/cli', /queue may not import/],
  ])('refuses that %s imports %s and says what to do', (folder, target, sentence) => {
    const found = problems({ [`${folder}/a.ts`]: `import { x } from '../${target}.js'` })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(sentence)
  })

  it('allows the interface of images where their builder is refused', () => {
    expect(problems({ 'api/a.ts': "import type { I } from '../images/image-store.js'" })).toEqual([])
  })

  it('lets tests build what they need', () => {
    expect(problems({ 'worker/worker.test.ts': "import { x } from '../languages/registry.js'" })).toEqual([])
  })

  it('wants a row for every folder', () => {
    expect(problems({ 'utils/a.ts': '' })[0]).toMatch(/utils is in no row/)
  })

  it('finds a cycle once and shows its way', () => {
    const files = {
      'queue/a.ts': "import { b } from './b.js'",
      'queue/b.ts': "import { c } from './c.js'",
      'queue/c.ts': "import { a } from './a.js'",
    }
    expect(problems(files)).toEqual([
      expect.stringContaining('src/queue/a.ts → src/queue/b.ts → src/queue/c.ts → src/queue/a.ts'),
    ])
  })
})

const pageProblems = (target) =>
  webImportProblems(new Map([['web/src/api/wire.ts', `import type { T } from '${target}'`]]))

describe('the page', () => {
  it('imports itself and the contract', () => {
    expect(pageProblems('./decode.js')).toEqual([])
    expect(pageProblems('../../../src/contract/verdict.js')).toEqual([])
  })

  it.each(['../../../src/api/app.js', '../../../src/languages/registry.js', '../../../scripts/lib/run.mjs'])(
    'may not import %s',
    (target) => {
      expect(pageProblems(target)).toEqual([
        expect.stringMatching(/^web\/src\/api\/wire\.ts: web may not import/),
      ])
    },
  )
})
