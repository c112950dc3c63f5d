import { describe, expect, it } from 'vitest'
import { defineLanguage } from './define-language.js'
import type { LanguageDefinition } from './define-language.js'
import { resolveArgv, resolveCommands, withExtraFiles } from './resolve-command.js'

const language = defineLanguage({
  id: 'demo',
  name: 'Demo',
  aliases: [],
  extensions: ['d', 'dd'],
  monaco: 'plaintext',
  mainFile: 'main.d',
  image: { packages: [], buildSeconds: 1 },
  version: { argv: ['demo'], pattern: /(.*)/u },
  compile: { argv: ['democ', '-o', '/out/program', '{sources}'], env: { STAGE: 'compile' } },
  run: { argv: ['/out/program', '--heap={memoryMiB}m', '{entry}'], env: { STAGE: 'run' } },
  env: { DEMO: '1', HOME: '/elsewhere' },
  extraFiles: { 'demo.mod': 'module demo\n' },
  libraries: [],
  samples: [{ title: 'Hello', files: { 'main.d': '' }, expectedOutput: 'x' }],
})

const MEBIBYTE = 1_048_576

function text(files: readonly { name: string; content: Uint8Array }[]): string[][] {
  return files.map(({ name, content }) => [name, new TextDecoder().decode(content)])
}

interface Row {
  readonly argv: string[]
  readonly entry?: string
  readonly others?: string[]
  readonly memoryBytes?: number
  readonly resolved: string[]
}

describe('resolveArgv', () => {
  it.each<Row>([
    { argv: ['run', '{entry}'], resolved: ['run', 'main.d'] },
    { argv: ['run', '{entry}'], entry: 'src/app/main.d', resolved: ['run', 'src/app/main.d'] },
    { argv: ['{entry.dir}'], resolved: ['.'] },
    { argv: ['{entry.dir}'], entry: 'src/app/main.d', resolved: ['src/app'] },
    { argv: ['{entry.stem}'], entry: 'src/main.test.d', resolved: ['main.test'] },
    { argv: ['{entry.stem}'], entry: 'plain', resolved: ['plain'] },
    { argv: ['{entry.path}'], entry: 'src/main.d', resolved: ['/box/src/main.d'] },
    { argv: ['-I{entry.dir}/include', '--main={entry.stem}'], resolved: ['-I./include', '--main=main'] },
    { argv: ['{entry.dir}/{entry.stem}.out'], entry: 'a/b.d', resolved: ['a/b.out'] },
    { argv: ['-Xmx{memoryMiB}m'], memoryBytes: 300 * MEBIBYTE + 5, resolved: ['-Xmx300m'] },
    { argv: ['{memoryMiB}'], memoryBytes: 1, resolved: ['1'] },
    { argv: ['cc', '{sources}', '-lm'], resolved: ['cc', 'main.d', '-lm'] },
    {
      argv: ['{sources}'],
      entry: 'z/main.d',
      others: ['b.d', 'notes.txt', 'a.dd', 'sub/c.d', 'd', '.d'],
      resolved: ['z/main.d', 'b.d', 'a.dd', 'sub/c.d'],
    },
    { argv: ['{sources}'], entry: 'main.txt', others: ['a.d'], resolved: ['main.txt', 'a.d'] },
    { argv: ['{entry}'], entry: '-version.d', resolved: ['./-version.d'] },
    {
      argv: ['{sources}'],
      entry: 'a.d',
      others: ['@args.d', '-o.d', '+x.d'],
      resolved: ['a.d', './@args.d', './-o.d', './+x.d'],
    },
    { argv: ['{entry.dir}'], entry: '-x/main.d', resolved: ['./-x'] },
    { argv: ['{entry}'], entry: '{memoryMiB}.d', resolved: ['{memoryMiB}.d'] },
    { argv: ['{entry}'], entry: "it's $(here) *.d", resolved: ["it's $(here) *.d"] },
    { argv: ['{entry}'], entry: 'naïve 文.d', resolved: ['naïve 文.d'] },
  ])(
    '$argv with $entry gives $resolved',
    ({ argv, entry = 'main.d', others = [], memoryBytes = MEBIBYTE, resolved }) => {
      const files = [...others, entry].map((name) => ({ name }))
      expect(resolveArgv(argv, { language, entryPoint: entry, files, memoryBytes })).toEqual(resolved)
    },
  )
})

describe('resolveCommands', () => {
  const request = {
    entryPoint: 'main.d',
    files: [{ name: 'lib.d' }, { name: 'main.d' }],
    args: ['{entry}', '-x', ''],
    limits: { compile: { memoryBytes: 512 * MEBIBYTE }, run: { memoryBytes: 64 * MEBIBYTE } },
  }

  it('fills in both stages, with the arguments of the client untouched at the end of the run stage', () => {
    const { compile, run } = resolveCommands(language, request)
    expect(compile?.argv).toEqual(['democ', '-o', '/out/program', 'main.d', 'lib.d'])
    expect(run.argv).toEqual(['/out/program', '--heap=64m', 'main.d', '{entry}', '-x', ''])
  })

  it("adds the language's environment to the shared one, and the stage's to that", () => {
    const { compile, run } = resolveCommands(language, request)
    const shared = {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
      TMPDIR: '/tmp',
      USER: 'codeexec',
      DEMO: '1',
      HOME: '/elsewhere',
    }
    expect(compile?.env).toEqual({ ...shared, STAGE: 'compile' })
    expect(run.env).toEqual({ ...shared, STAGE: 'run' })
  })

  it('has no compile command where the language has no such stage', () => {
    const { compile: _, ...interpreted } = language
    expect(resolveCommands(interpreted satisfies LanguageDefinition, request).compile).toBeNull()
  })
})

describe('withExtraFiles', () => {
  const main = { name: 'main.d', content: new Uint8Array() }

  it('adds what the language wants beside the sources', () => {
    expect(text(withExtraFiles(language, [main]))).toEqual([
      ['main.d', ''],
      ['demo.mod', 'module demo\n'],
    ])
  })

  it('leaves the file of that name that the client sent', () => {
    const sent = { name: 'demo.mod', content: new TextEncoder().encode('module mine\n') }
    expect(text(withExtraFiles(language, [main, sent]))).toEqual([
      ['main.d', ''],
      ['demo.mod', 'module mine\n'],
    ])
  })
})
