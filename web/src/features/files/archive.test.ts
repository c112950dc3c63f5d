import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'

import { textFile } from '../../state/project.js'
import { ArchiveError, MAX_FILES, packZip, unpackZip } from './archive.js'
import { fileToBytes } from './file-content.js'

describe('zip files', () => {
  it('come back as they were packed, text and bytes', () => {
    const binary = { path: 'data/raw.bin', content: btoa('\u0000\u00FF\u0001'), encoding: 'base64' as const }
    const project = { files: [textFile('main.py', 'print("ü")\n'), binary], entry: 'main.py' }
    expect(unpackZip(packZip(project))).toEqual({ files: project.files, skipped: [] })
  })

  it('lose the one folder that holds everything, and the clutter of other systems', () => {
    const archive = zipSync({
      'app/main.c': strToU8('1'),
      'app/lib/x.h': strToU8('2'),
      '__MACOSX/app/._x': strToU8(''),
    })
    expect(unpackZip(archive).files.map((file) => file.path)).toEqual(['main.c', 'lib/x.h'])
  })

  it.each(['../escape.py', '/etc/passwd', 'a/../../b', 'back\\slash.py', 'bell\u0007.py'])(
    'leave out the bad name %j and say so',
    (name) => {
      const { files, skipped } = unpackZip(zipSync({ [name]: strToU8('x'), 'good.py': strToU8('y') }))
      expect(files.map((file) => file.path)).toEqual(['good.py'])
      expect(skipped).toHaveLength(1)
      expect(skipped[0]).toContain(name)
    },
  )

  it('that unpack to too much are refused, whatever size they claim', () => {
    const bomb = zipSync({ 'zeros.txt': new Uint8Array(40 * 1024 * 1024) }, { level: 9 })
    expect(bomb.length).toBeLessThan(100_000)
    // The sizes in the local header (offset 22) and the central directory lie.
    const view = new DataView(bomb.buffer, bomb.byteOffset)
    view.setUint32(22, 10, true)
    expect(() => unpackZip(bomb)).toThrow(/more than 6 MB/)
  })

  it('with too many files are refused', () => {
    const many = Object.fromEntries(Array.from({ length: MAX_FILES + 1 }, (_, n) => [`f${n}`, strToU8('')]))
    expect(() => unpackZip(zipSync(many))).toThrow(/more than 200 files/)
  })

  it.each([
    ['no archive at all', new Uint8Array([1, 2, 3, 4])],
    ['nothing', new Uint8Array()],
    ['half an archive', zipSync({ 'a.txt': strToU8('x'.repeat(5000)) }, { level: 0 }).subarray(0, 2000)],
  ])('that are %s give a sentence, not a crash', (_, bytes) => {
    expect(() => unpackZip(bytes)).toThrow(ArchiveError)
  })

  it('keep bytes that are not text exactly', () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, n) => n % 256)
    const [file] = unpackZip(zipSync({ 'raw.bin': bytes })).files
    expect(file?.encoding).toBe('base64')
    expect(file && fileToBytes(file)).toEqual(bytes)
  })
})
