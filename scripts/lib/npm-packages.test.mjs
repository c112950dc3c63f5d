import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { npmPackagesAreCurrent } from './npm-packages.mjs'

describe('installed npm packages', () => {
  let root
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'npm-packages-'))
    mkdirSync(join(root, 'node_modules'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const lockfile = (name, packages) => writeFileSync(join(root, name), JSON.stringify({ packages }))
  const wanted = (packages) => lockfile('package-lock.json', { '': { name: 'x' }, ...packages })
  const present = (packages) => lockfile('node_modules/.package-lock.json', packages)
  const one = { version: '1.0.0' }

  it('are current when npm says that it installed what the lockfile names', () => {
    wanted({ 'node_modules/a': one })
    present({ 'node_modules/a': one })
    expect(npmPackagesAreCurrent(root)).toBe(true)
  })

  it('may lack optional ones, which are those of other platforms', () => {
    wanted({ 'node_modules/a': one, 'node_modules/a-darwin': { ...one, optional: true } })
    present({ 'node_modules/a': one })
    expect(npmPackagesAreCurrent(root)).toBe(true)
  })

  it.each([
    ['nothing was installed', undefined],
    ['one is missing', {}],
    ['one is of another version', { 'node_modules/a': { version: '1.0.1' } }],
  ])('are not when %s', (_, packages) => {
    wanted({ 'node_modules/a': one })
    if (packages) present(packages)
    expect(npmPackagesAreCurrent(root)).toBe(false)
  })
})
