/**
 * Ordinary programs, of which nothing worse than reading input is to be said: what is found in them beyond that is a
 * false finding. They are exercises as learners write them, full of names that look dangerous elsewhere.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../contract/analysis.js'
import type { SourceFile } from '../contract/execution.js'
import { loadLanguages } from '../languages/registry.js'
import { LANGUAGE_DESCRIPTIONS } from './languages/index.js'
import { analyzeFiles } from './test-support.js'

interface Program {
  readonly name: string
  readonly files: readonly SourceFile[]
}

const ordinary = fileURLToPath(new URL('../../tests/analysis/ordinary/', import.meta.url))
const languages = await loadLanguages()
const ids = Object.keys(LANGUAGE_DESCRIPTIONS)

function ordinaryPrograms(id: string): Program[] {
  return readdirSync(`${ordinary}${id}`).map((name) => ({
    name,
    files: [{ name, content: readFileSync(`${ordinary}${id}/${name}`) }],
  }))
}

function samples(id: string): Program[] {
  return (languages.find(id)?.samples ?? []).map(({ title, files }) => ({
    name: `sample “${title}”`,
    files: Object.entries(files).map(([name, code]) => ({ name, content: new TextEncoder().encode(code) })),
  }))
}

async function findingsIn(id: string, { files }: Program): Promise<readonly Finding[]> {
  const { findings, summary } = await analyzeFiles(id, files)
  expect(summary.status).toBe('complete')
  return findings
}

const programs = ids.map((id) => [id, [...ordinaryPrograms(id), ...samples(id)]] as const)

describe.each(programs)('ordinary programs in %s', (id, list) => {
  it.each(list.map((program) => [program.name, program] as const))(
    '%s is called harmless',
    async (_, program) => {
      const findings = await findingsIn(id, program)
      expect(findings.filter(({ category }) => category !== 'blocking-input')).toEqual([])
    },
  )
})

it('knows at least two hundred ordinary programs', () => {
  expect(programs.flatMap(([, list]) => list).length).toBeGreaterThanOrEqual(200)
})
