import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyIntoLayer, makeLayerFolder, writeIntoLayer } from './layer-files.js'

/** The modes of a whole path, from the layer's root down. */
function modes(root: string, ...names: readonly string[]): string[] {
  return names.map((_, index) => modeOf(path.join(root, ...names.slice(0, index + 1))))
}

function modeOf(file: string): string {
  return (statSync(file).mode & 0o7777).toString(8)
}

/**
 * What a hardened host's umask would leave is made by hand: test workers are threads, in which no umask can be set.
 * That the whole build does not depend on it is in tests/e2e/first-start.test.ts.
 */
describe('what the builder puts into a layer', () => {
  let root = ''
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), 'codeexec-layer-'))
    // New directories below inherit the bit, as they do in a shared data directory.
    chmodSync(root, 0o2700)
  })
  afterAll(() => rmSync(root, { recursive: true }))

  it('is directories that everybody may enter', async () => {
    await makeLayerFolder(path.join(root, 'opt/key/bin'))
    expect(modes(root, 'opt', 'key', 'bin')).toEqual(['755', '755', '755'])
  })

  it('leaves directories that were there as they were', async () => {
    mkdirSync(path.join(root, 'tmp'))
    chmodSync(path.join(root, 'tmp'), 0o1777)
    await makeLayerFolder(path.join(root, 'tmp'))
    await makeLayerFolder(path.join(root, 'tmp/below'))
    expect(modes(root, 'tmp', 'below')).toEqual(['1777', '755'])
  })

  it('is files that everybody may read, and execute where the source may be', async () => {
    const source = path.join(root, 'source')
    for (const [mode, expected] of [
      [0o600, '644'],
      [0o700, '755'],
      [0o664, '644'],
      [0o4755, '755'],
    ] as const) {
      writeFileSync(source, 'text')
      chmodSync(source, mode)
      await copyIntoLayer(source, root, `usr/local/lib/${mode}`)
      expect(modes(root, 'usr', 'local', 'lib', String(mode))).toEqual(['755', '755', '755', expected])
    }
    await writeIntoLayer(path.join(root, 'hosts'), 'text')
    expect(modeOf(path.join(root, 'hosts'))).toBe('644')
  })
})
