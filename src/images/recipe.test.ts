import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LanguageDefinition } from '../languages/define-language.js'
import { layersOf, planImages } from './recipe.js'
import { tinyLanguage, writeTinyFolder } from './test-support/tiny-languages.js'

describe('planImages', () => {
  let temporary = ''
  let folder = ''
  let other = ''
  beforeAll(async () => {
    temporary = mkdtempSync(path.join(tmpdir(), 'codeexec-recipe-'))
    folder = await writeTinyFolder(path.join(temporary, 'a'), '1.0')
    other = await writeTinyFolder(path.join(temporary, 'b'), '2.0')
  })
  afterAll(() => rmSync(temporary, { recursive: true }))

  const hashOf = (
    definition: LanguageDefinition,
    from = folder,
    ...others: LanguageDefinition[]
  ): string | undefined =>
    planImages([definition, ...others], () => from).languages.find(({ id }) => id === definition.id)?.hash

  it('names an image after its language and the hash of its recipe', () => {
    const [image] = planImages([tinyLanguage('tiny')], () => folder).languages
    expect(image?.folder).toMatch(/^tiny-[0-9a-f]{16}$/u)
    expect(image?.folder).toBe(`tiny-${image?.hash}`)
  })

  it('gives the same name to the same recipe', () => {
    expect(hashOf(tinyLanguage('tiny'))).toBe(hashOf(tinyLanguage('tiny')))
  })

  const tiny = tinyLanguage('tiny')
  it.each<[string, LanguageDefinition]>([
    ['packages', tinyLanguage('tiny', { packages: ['x'] })],
    ['steps', tinyLanguage('tiny', { steps: [['x']] })],
    ['what is removed', tinyLanguage('tiny', { remove: ['/opt/x'] })],
    ['where files go', tinyLanguage('tiny', { files: { '/opt/x': 'version.txt' } })],
    ['the environment', { ...tiny, env: { A: '1' } }],
    ['how the version is asked', { ...tiny, version: { argv: ['x'], pattern: /(x)/u } }],
  ])('gives another name where other %s make the image', (_, changed) => {
    expect(hashOf(changed)).not.toBe(hashOf(tiny))
  })

  it('gives another name where a copied file has other content', () => {
    expect(hashOf(tiny, other)).not.toBe(hashOf(tiny, folder))
  })

  it.each<[string, LanguageDefinition]>([
    ['samples', { ...tiny, samples: [{ title: 'x', files: { 'x.sh': '' }, expectedOutput: 'x' }] }],
    ['the command of the run stage', { ...tiny, run: { argv: ['x'] } }],
    ['limits', { ...tiny, limits: { run: { memoryBytes: 1 } } }],
    ['the time it takes', tinyLanguage('tiny', { buildSeconds: 99 })],
  ])('gives the same name where only %s are others', (_, changed) => {
    expect(hashOf(changed)).toBe(hashOf(tiny))
  })

  it('changes the name of what stands on a changed image', () => {
    const child = tinyLanguage('child', { extends: 'tiny' })
    const changed = tinyLanguage('tiny', { packages: ['x'] })
    expect(hashOf(child, folder, changed)).not.toBe(hashOf(child, folder, tiny))
  })

  it('puts quick images first, and each after what it stands on', () => {
    const { base, languages } = planImages(
      [
        tinyLanguage('slow', { buildSeconds: 50 }),
        tinyLanguage('quick', { buildSeconds: 5 }),
        tinyLanguage('child', { extends: 'slow', buildSeconds: 1 }),
      ],
      () => folder,
    )
    expect(languages.map(({ id }) => id)).toEqual(['slow', 'child', 'quick'])
    const child = languages[1]
    expect(child && layersOf(child).map(({ id }) => id)).toEqual(['child', 'slow', 'base'])
    expect(layersOf(base)).toEqual([base])
  })

  it('refuses to plan an image without the one it stands on', () => {
    expect(() => planImages([tinyLanguage('child', { extends: 'tiny' })], () => folder)).toThrow(
      'child needs the image of tiny',
    )
  })
})
