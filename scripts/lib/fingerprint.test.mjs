import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { fingerprint, isStamped, stamp } from './fingerprint.mjs'

const skip = (path) => path.endsWith('.test.ts')

describe('a fingerprint', () => {
  let root
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fingerprint-'))
    mkdirSync(join(root, 'src'))
    writeFileSync(join(root, 'src', 'a.ts'), 'a')
    writeFileSync(join(root, 'src', 'a.test.ts'), 'test')
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const taken = (options) => fingerprint(root, ['src', 'absent.json'], options)

  it('stays the same while nothing changes, whenever files were written', () => {
    const before = taken()
    writeFileSync(join(root, 'src', 'a.ts'), 'a')
    expect(taken()).toBe(before)
  })

  it.each([
    ['content', () => writeFileSync(join(root, 'src', 'a.ts'), 'b')],
    ['a name', () => renameSync(join(root, 'src', 'a.ts'), join(root, 'src', 'b.ts'))],
    ['a new file', () => writeFileSync(join(root, 'src', 'b.ts'), '')],
    ['a lost file', () => rmSync(join(root, 'src', 'a.ts'))],
    ['what may be executed', () => chmodSync(join(root, 'src', 'a.ts'), 0o755)],
    ['a file that was not there', () => writeFileSync(join(root, 'absent.json'), '{}')],
  ])('changes with %s', (_, change) => {
    const before = taken()
    change()
    expect(taken()).not.toBe(before)
  })

  it('does not change with what is skipped', () => {
    const before = taken({ skip })
    writeFileSync(join(root, 'src', 'a.test.ts'), 'another test')
    expect(taken({ skip })).toBe(before)
  })

  it('is remembered by a stamp', () => {
    const file = join(root, 'dist', '.built-from')
    expect(isStamped(file, taken())).toBe(false)
    stamp(file, taken())
    expect(isStamped(file, taken())).toBe(true)
    writeFileSync(join(root, 'src', 'a.ts'), 'b')
    expect(isStamped(file, taken())).toBe(false)
  })
})
