/** What is said of a layer and done to it once its packages are in. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { layerPackages, parsePackages } from './installed-packages.js'
import { tidyLayer } from './tidy.js'

const STATUS = `Package: bash
Essential: yes
Status: install ok installed
Version: 5.2.37-2+b5
Description: shell
 Version: not this one

Package: gone
Status: deinstall ok config-files
Version: 1

Package: libc6
Status: install ok installed
Version: 2.41-12
`

let folder = ''
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'codeexec-layer-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, text = '', mode = 0o644): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

describe('packages of a layer', () => {
  it('are those that dpkg has installed', () => {
    expect(parsePackages(STATUS)).toEqual({ bash: '5.2.37-2+b5', libc6: '2.41-12' })
  })

  it('are those the layers below do not have in that version', () => {
    write('base/var/lib/dpkg/status', STATUS)
    write(
      'top/var/lib/dpkg/status',
      `${STATUS.replace('2.41-12', '2.41-13')}\nPackage: new\nStatus: install ok installed\nVersion: 3\n`,
    )
    mkdirSync(path.join(folder, 'middle'))
    const [top, middle, base] = ['top', 'middle', 'base'].map((name) => path.join(folder, name))
    expect(layerPackages(top ?? '', [middle ?? '', base ?? ''])).toEqual({ libc6: '2.41-13', new: '3' })
    expect(layerPackages(middle ?? '', [base ?? ''])).toEqual({})
    expect(Object.keys(layerPackages(base ?? '', []))).toEqual(['bash', 'libc6'])
  })
})

describe('tidyLayer', () => {
  it('takes set-id bits from files and folders, and leaves the other bits', async () => {
    const file = write('usr/bin/su', '', 0o4755)
    chmodSync(path.dirname(file), 0o2775)
    const sticky = path.join(folder, 'tmp')
    mkdirSync(sticky)
    chmodSync(sticky, 0o1777)
    await tidyLayer(folder)
    const modes = [file, path.dirname(file), sticky].map((name) =>
      (lstatSync(name).mode & 0o7777).toString(8),
    )
    expect(modes).toEqual(['755', '775', '1777'])
  })

  it('removes what package tools left, and empties folders of passing things', async () => {
    const gone = [
      'var/cache/apt/pkgcache.bin',
      'var/lib/apt/lists/x',
      'etc/passwd-',
      'var/log/dpkg.log',
      'tmp/a/b',
      'root/.x',
    ]
    for (const name of gone) write(name)
    const kept = ['var/lib/dpkg/status', 'etc/passwd', 'opt/program']
    for (const name of kept) write(name)
    await tidyLayer(folder)
    expect(gone.filter((name) => existsSync(path.join(folder, name)))).toEqual([])
    expect(kept.filter((name) => !existsSync(path.join(folder, name)))).toEqual([])
    expect(existsSync(path.join(folder, 'var/log'))).toBe(true)
  })

  it('tells the size of what is left', async () => {
    write('opt/a', 'x'.repeat(1000))
    const before = await tidyLayer(folder)
    write('opt/b', 'x'.repeat(500))
    expect((await tidyLayer(folder)) - before).toBe(500)
  })

  it('removes pipes', async () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')])
    await tidyLayer(folder)
    expect(existsSync(path.join(folder, 'pipe'))).toBe(false)
  })

  it('refuses device nodes, but not marks of removed files', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root makes device nodes')
    execFileSync('mknod', [path.join(folder, 'removed'), 'c', '0', '0'])
    await expect(tidyLayer(folder)).resolves.toBeGreaterThanOrEqual(0)
    execFileSync('mknod', [path.join(folder, 'memory'), 'c', '1', '1'])
    await expect(tidyLayer(folder)).rejects.toThrow(
      `the layer has the device node ${path.join(folder, 'memory')}`,
    )
  })
})
