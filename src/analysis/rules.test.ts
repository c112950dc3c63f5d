import { describe, expect, it } from 'vitest'
import { LANGUAGE_DESCRIPTIONS } from './languages/index.js'
import { analyzeText, rulesOf } from './test-support.js'

async function rulesIn(language: string, source: string): Promise<string[]> {
  const report = await analyzeText(language, source)
  expect(report.summary.notes).toEqual([])
  return rulesOf(report)
}

describe.each(Object.entries(LANGUAGE_DESCRIPTIONS))('rules for %s', (language, { rules }) => {
  describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, { finds, ignores }) => {
    it.each(finds)('finds %j', async (source) => {
      expect(await rulesIn(language, source)).toContain(id)
    })

    it.each(ignores)('ignores %j', async (source) => {
      expect(await rulesIn(language, source)).not.toContain(id)
    })
  })
})

describe('the rules', () => {
  const all = [...new Set(Object.values(LANGUAGE_DESCRIPTIONS).flatMap(({ rules }) => rules))]

  it('have ids of their own', () => {
    const ids = all.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
    for (const id of ids) expect(id).toMatch(/^(bash|c|cpp|go|java|js|python|ruby)\/[a-z-]+$/)
  })

  it('teach in whole sentences', () => {
    const curt = all.filter(({ message }) => !/[.?]$/.test(message) || message.length <= 40)
    expect(curt).toEqual([])
  })

  it('have snippets on both sides', () => {
    expect(all.filter(({ finds, ignores }) => finds.length < 2 || ignores.length < 3)).toEqual([])
    expect(all.flatMap(({ finds, ignores }) => [...finds, ...ignores]).length).toBeGreaterThanOrEqual(250)
  })

  it('keep hints on quality low', () => {
    const loud = all.filter(({ category, severity }) => category === 'quality' && severity !== 'low')
    expect(loud).toEqual([])
  })

  it.each([
    ['python', 12],
    ['javascript', 12],
    ['typescript', 12],
    ...['java', 'go', 'cpp', 'c', 'ruby', 'bash'].map((id) => [id, 6] as const),
  ] as const)('are enough for %s', (id, count) => {
    expect(LANGUAGE_DESCRIPTIONS[id]?.rules.length).toBeGreaterThanOrEqual(count)
  })

  it('find in C the same with the grammar of C++, which stands in where that of C is missing', async () => {
    const { rules } = LANGUAGE_DESCRIPTIONS['c'] ?? { rules: [] }
    const missed: string[] = []
    for (const { id, finds } of rules.filter((rule) => rule.id !== 'c/compare-strings')) {
      for (const source of finds) if (!(await rulesIn('cpp', source)).includes(id)) missed.push(source)
    }
    expect(missed).toEqual([])
  })
})
