import { describe, expect, it } from 'vitest'
import { ServiceError } from '../contract/errors.js'
import type { SubmittedFile } from '../contract/wire/execute.js'
import { fileNameProblem, programOfFiles, programOfOneFile } from './source-files.js'

const RULES = { maxFiles: 100 }

function file(filename: string, own: Partial<SubmittedFile> = {}): SubmittedFile {
  return { filename, code: '', ...own }
}

function contentOf(own: Partial<SubmittedFile>): string {
  return Buffer.from(programOfFiles([file('a.py', own)], RULES).files[0]?.content ?? []).toString('utf8')
}

function refusalOf(work: () => unknown): ServiceError {
  try {
    work()
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('file names', () => {
  it.each([
    ['main.py'],
    ['a/b/c.py'],
    ['.hidden'],
    ['..a'],
    ['a..b/c'],
    ['name with spaces.py'],
    ['größe/日本.py'],
    ['-rf'],
    ['*.py'],
    ['😀.js'],
    ['x'.repeat(255)],
  ])('accepts %j', (name) => {
    expect(fileNameProblem(name)).toBeUndefined()
  })

  it.each([
    ['', 'is empty'],
    ['/etc/passwd', 'is absolute'],
    ['..', 'leads out of its folder'],
    ['../x', 'leads out of its folder'],
    ['a/../../x', 'leads out of its folder'],
    ['a/..', 'leads out of its folder'],
    ['.', 'contains a "." folder'],
    ['./a', 'contains a "." folder'],
    ['a/./b', 'contains a "." folder'],
    ['a//b', 'contains an empty folder'],
    ['a/', 'contains an empty folder'],
    ['a\\b', 'contains a backslash'],
    ['C:\\x', 'contains a backslash'],
    ['a\0b', 'contains a control character'],
    ['a\nb', 'contains a control character'],
    ['a\u001bb', 'contains a control character'],
    ['a\u007f', 'contains a control character'],
    ['a\u0085', 'contains a control character'],
    ['x'.repeat(256), 'is longer than 255 bytes'],
    ['é'.repeat(128), 'is longer than 255 bytes'],
    ['a\ud800', 'is not valid Unicode'],
  ])('refuses %j', (name, problem) => {
    expect(fileNameProblem(name)).toContain(problem)
  })

  it('are named in the refusal with their place', () => {
    const refusal = refusalOf(() =>
      programOfFiles([file('a.py', { isEntryPoint: true }), file('../b.py')], RULES),
    )
    expect(refusal.code).toBe('INVALID_INPUT')
    expect(refusal.message).toBe('Invalid input: files[1].filename "../b.py" leads out of its folder by ".."')
  })

  it('are shortened in the refusal when they are very long', () => {
    const refusal = refusalOf(() => programOfFiles([file('x'.repeat(1_000_000))], RULES))
    expect(refusal.message.length).toBeLessThan(200)
  })
})

describe('clashes', () => {
  const entry = file('main.py', { isEntryPoint: true })

  it.each([
    [['a.py', 'a.py'], 'files[2].filename "a.py" is also the name of files[1]'],
    [['a', 'a/b'], 'files[2].filename "a/b" needs a folder where files[1] is'],
    [['a/b/c', 'a/b'], 'files[1].filename "a/b/c" needs a folder where files[2] is'],
    [['main.py/x'], 'files[1].filename "main.py/x" needs a folder where files[0] is'],
  ])('%j are refused', (names, message) => {
    const refusal = refusalOf(() => programOfFiles([entry, ...names.map((name) => file(name))], RULES))
    expect(refusal.message).toBe(`Invalid input: ${message}`)
  })

  it('do not arise from names that differ in case only', () => {
    const program = programOfFiles([entry, file('Main.py'), file('MAIN.PY')], RULES)
    expect(program.files).toHaveLength(3)
  })

  it('do not arise from names that only begin alike', () => {
    expect(programOfFiles([entry, file('main.pyc'), file('ab'), file('a/b')], RULES).files).toHaveLength(4)
  })

  it('are found with files that the language adds, which a file of the same name replaces', () => {
    const rules = { ...RULES, extraFiles: ['go.mod', 'pch/base.h'] }
    expect(
      programOfFiles([entry, file('go.mod'), file('pch/base.h'), file('pch/x.h')], rules).files,
    ).toHaveLength(4)
    expect(refusalOf(() => programOfFiles([entry, file('go.mod/x')], rules)).message).toContain(
      'needs a folder where a file of the language is',
    )
    expect(refusalOf(() => programOfFiles([entry, file('pch')], rules)).message).toContain(
      'is a folder of the language',
    )
  })
})

describe('entry point', () => {
  it('is the only file, flagged or not', () => {
    expect(programOfFiles([file('a.py')], RULES).entryPoint).toBe('a.py')
    expect(programOfFiles([file('a.py', { isEntryPoint: false })], RULES).entryPoint).toBe('a.py')
  })

  it('is the flagged one of several', () => {
    const files = [file('a.py'), file('b.py', { isEntryPoint: true }), file('c.py', { isEntryPoint: null })]
    expect(programOfFiles(files, RULES).entryPoint).toBe('b.py')
  })

  it.each([
    [[false, false], 'have no entry point'],
    [[true, true], 'have 2 entry points'],
  ])('is refused where the flags are %j', (flags, problem) => {
    const files = flags.map((isEntryPoint, index) => file(`${index}.py`, { isEntryPoint }))
    expect(refusalOf(() => programOfFiles(files, RULES)).message).toContain(`Invalid input: files ${problem}`)
  })
})

describe('content', () => {
  it('is the code as UTF-8, byte for byte', () => {
    expect(contentOf({ code: 'é😀\r\n\0end' })).toBe('é😀\r\n\0end')
    expect(contentOf({ code: 'x', encoding: 'utf8' })).toBe('x')
  })

  it('is decoded where it is base64, binary included', () => {
    const binary = Buffer.from([0, 255, 128, 10])
    const program = programOfFiles(
      [file('a', { code: binary.toString('base64'), encoding: 'base64' })],
      RULES,
    )
    expect(program.files[0]?.content).toEqual(binary)
    expect(contentOf({ code: '', encoding: 'base64' })).toBe('')
  })

  it.each(['YQ', 'YQ=', 'YQ==\n', 'Y Q==', 'YR==', 'a-_b', '*', 'YQ==YQ==', '=', 'é'])(
    'is refused where it is %j for base64',
    (code) => {
      const refusal = refusalOf(() => programOfFiles([file('a', { code, encoding: 'base64' })], RULES))
      expect(refusal.message).toContain('files[0].code is not base64')
    },
  )

  it('is refused where a character is half a surrogate pair', () => {
    expect(refusalOf(() => programOfOneFile('x = "\ud83d"', 'main.py')).message).toContain(
      'Invalid input: code contains half of a surrogate pair',
    )
  })
})

describe('number of files', () => {
  it('is bounded', () => {
    const files = Array.from({ length: 4 }, (_, index) => file(`${index}`))
    expect(refusalOf(() => programOfFiles(files, { maxFiles: 3 })).message).toBe(
      'Invalid input: files has 4 entries, the maximum is 3',
    )
  })
})
