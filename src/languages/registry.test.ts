import { describe, expect, it } from 'vitest'
import { ServiceError } from '../contract/errors.js'
import type { LanguageDefinition, Sample } from './define-language.js'
import {
  createRegistry,
  isVersionSelector,
  LanguageDefinitionError,
  loadLanguages,
  matchesVersion,
  requestedVersion,
} from './registry.js'
import { findLostParents } from './validate.js'

const SAMPLES: readonly [Sample, ...Sample[]] = [
  { title: 'Input', files: { 'main.d': '' }, stdin: 'x', expectedOutput: 'x' },
  { title: 'Arguments', files: { 'main.d': '' }, args: ['x'], expectedOutput: 'x' },
  { title: 'Folders', files: { 'a/main.d': '', 'b.d': '' }, expectedOutput: 'x' },
]

function define(id: string, rest: Partial<LanguageDefinition> = {}): LanguageDefinition {
  return {
    id,
    name: id.toUpperCase(),
    aliases: [`${id}-alias`],
    extensions: ['d'],
    monaco: id,
    mainFile: 'main.d',
    image: { packages: ['demo'], buildSeconds: 1 },
    version: { argv: [id], pattern: /(\d+)/u },
    run: { argv: [id, '{entry}'] },
    libraries: [],
    samples: SAMPLES,
    ...rest,
  }
}

/** A recipe that stands on another language's. */
function on(parent: string): Partial<LanguageDefinition> {
  return { image: { packages: [], extends: parent, buildSeconds: 1 } }
}

function problemsOf(...definitions: LanguageDefinition[]): readonly string[] {
  try {
    createRegistry(definitions, (_, file) => file === 'image/there.txt')
    return []
  } catch (error) {
    if (error instanceof LanguageDefinitionError) return error.problems
    throw error
  }
}

describe('looking up', () => {
  const registry = createRegistry([define('zig', { aliases: ['z++'] }), define('ada')])

  it.each(['ada', 'ADA', ' Ada ', 'ada-alias', 'Ada-Alias', 'ada@3.1', 'ADA-ALIAS@*'])('finds %s', (name) => {
    expect(registry.find(name)?.id).toBe('ada')
    expect(registry.require(name).id).toBe('ada')
  })

  it.each(['', 'adaa', '@ada', 'z+', '__proto__', 'constructor'])('does not find %j', (name) => {
    expect(registry.find(name)).toBeUndefined()
  })

  it('says which languages are known', () => {
    expect(() => registry.require('cobol')).toThrow(ServiceError)
    expect(() => registry.require('cobol')).toThrow('Language not supported: cobol (known: ada, zig)')
  })

  it('lists them by id', () => {
    expect(registry.all.map(({ id }) => id)).toEqual(['ada', 'zig'])
  })
})

describe('versions', () => {
  it.each([
    ['python', undefined],
    ['python@', undefined],
    ['python@*', undefined],
    ['python@latest', undefined],
    ['python@3.13', '3.13'],
    ['c++@14', '14'],
  ])('%s asks for %s', (name, version) => {
    expect(requestedVersion(name)).toBe(version)
  })

  it.each([
    ['3.13.5', '3', true],
    ['3.13.5', '3.13', true],
    ['3.13.5', '3.13.5', true],
    ['3.13.5', '3.1', false],
    ['3.13.5', '3.13.50', false],
    ['3.13.5', '2', false],
    ['3.13.5', '3.x', true],
    ['3.13.5', '3.X.x', true],
    ['3.13.5', '>=3.9', true],
    ['3.13.5', '>= 3.9 < 3.13', false],
    ['3.13.5', '^3.0', true],
    ['3.13.5', '~3.13.0', true],
    ['3.13.5', '~3.12', false],
    ['3.13.5', '3.12 - 3.14', true],
    ['3.13.5', '2.7 || 3.13', true],
    ['3.13.5', 'v3.13.5', true],
    ['3.13.5', '=3.13.5', true],
    ['3.13.5', 'x', true],
    ['3.13.5', '>=3.14.0-rc1', false],
    ['1.24', '^1.24.0', true],
    ['25.0.5.1', '25.0.5', true],
    ['25.0.5.1', '25.0.5.1', true],
    ['25.0.5.1', '>=25 <26', true],
    ['3.13.5', 'latest', false],
    ['3.13.5', '3.13.5 && rm', false],
  ])('%s is a %s: %s', (version, requested, expected) => {
    expect(matchesVersion(version, requested)).toBe(expected)
  })
})

describe('version selectors', () => {
  it.each([
    ['3', true],
    ['25.0.5.1', true],
    ['^3.9 || 2.x', true],
    ['latest', false],
    ['three', false],
    ['>>3', false],
  ])('%s: %s', (text, expected) => {
    expect(isVersionSelector(text)).toBe(expected)
  })
})

describe('checking', () => {
  it('finds nothing wrong with a right definition', () => {
    expect(problemsOf(define('ada'))).toEqual([])
  })

  it('reports every problem of every definition at once', () => {
    const problems = problemsOf(
      define('ada', { name: ' ', mainFile: 'main.txt' }),
      define('Zig', { run: { argv: [] } }),
      define('ada'),
    )
    expect(problems).toEqual([
      'the name ada is taken 2 times, by ada and ada',
      'the name ada-alias is taken 2 times, by ada and ada',
      'ada: the name is empty',
      'ada: the main file main.txt must be a plain name with one of the extensions',
      'Zig: the id must be lower-case letters and digits',
      'Zig: the alias "Zig-alias" must be lower case, without spaces and @',
      'Zig: run.argv is empty',
    ])
  })

  const integrity = `sha512-${'a'.repeat(86)}==`
  it.each<[string, Partial<LanguageDefinition>]>([
    ['ada: the name ada-x is taken 2 times', { aliases: ['ada-x', 'ada-x'] }],
    ['the id is reserved', { id: 'base' }],
    ['the editor language id is empty', { monaco: '' }],
    ['there are no extensions', { extensions: [] }],
    ['the extension ".d" must be lower case, without a dot', { extensions: ['d', '.d'] }],
    ['version.pattern has no capture group', { version: { argv: ['x'], pattern: /x/u } }],
    ['run.argv has the unknown placeholder {main}', { run: { argv: ['x', '{main}'] } }],
    [
      'compile.argv has {sources} inside the element -s={sources}',
      { compile: { argv: ['x', '-s={sources}'] } },
    ],
    ['"a-b" is not a name of an environment variable', { env: { 'a-b': '' } }],
    ['the extra file ../x must be inside the work folder', { extraFiles: { '../x': '' } }],
    ['the limit run.memoryBytes must be a positive whole number', { limits: { run: { memoryBytes: 0.5 } } }],
    ['"Bad" is not a Debian package name', { image: { packages: ['Bad'], buildSeconds: 1 } }],
    [
      'npm x must have an exact version',
      {
        image: {
          packages: [],
          npm: { x: { version: '^1.0.0', packages: { amd64: { name: 'x', integrity } } } },
          buildSeconds: 1,
        },
      },
    ],
    [
      'npm x for amd64 needs a sha512 integrity',
      {
        image: {
          packages: [],
          npm: { x: { version: '1.0.0', packages: { amd64: { name: 'x', integrity: 'sha1-x' } } } },
          buildSeconds: 1,
        },
      },
    ],
    [
      "the file image/gone.txt is not in the language's folder",
      {
        image: {
          packages: [],
          files: { '/opt/x': 'image/there.txt', '/opt/y': 'image/gone.txt' },
          buildSeconds: 1,
        },
      },
    ],
    [
      '/bin/x must be below /opt or /usr/local',
      { image: { packages: [], files: { '/bin/x': 'image/there.txt' }, buildSeconds: 1 } },
    ],
    [
      '/opt/../x must be below',
      { image: { packages: [], files: { '/opt/../x': 'image/there.txt' }, buildSeconds: 1 } },
    ],
    ['an image step has no command', { image: { packages: [], steps: [[]], buildSeconds: 1 } }],
    ['/usr may not be removed', { image: { packages: [], remove: ['/usr'], buildSeconds: 1 } }],
    [
      'ahead.runtime.argv must be how run.argv begins',
      { ahead: { runtime: { argv: ['another'], memoryBytes: 1 } } },
    ],
    [
      'ahead.compiler needs memory and a number of compilations',
      { ahead: { compiler: { argv: ['x'], memoryBytes: 1, maxCompilations: 0 } } },
    ],
    ['there are fewer than 3 samples', { samples: [SAMPLES[0]] }],
    ['no sample takes arguments', { samples: [SAMPLES[0]] }],
    ['two samples have the same title', { samples: [...SAMPLES, SAMPLES[0]] }],
    [
      'the sample Quiet prints nothing',
      { samples: [...SAMPLES, { title: 'Quiet', files: { 'a.d': '' }, expectedOutput: '' }] },
    ],
    [
      'starts from a file that has none of the extensions',
      { samples: [...SAMPLES, { title: 'Odd', files: { 'a.x': '' }, expectedOutput: '1' }] },
    ],
  ])('reports: %s', (problem, rest) => {
    expect(problemsOf(define('ada', rest)).join('\n')).toContain(problem.replace(/^ada: /u, ''))
  })

  it('finds images that extend what is not there, or themselves', () => {
    expect(findLostParents([define('a', on('b')), define('b')])).toEqual([])
    expect(findLostParents([define('a', on('x'))])).toEqual([
      'a: its image extends x, which is not a language',
    ])
    expect(findLostParents([define('a', on('b')), define('b', on('a'))])).toHaveLength(2)
  })
})

describe('the languages of this service', () => {
  it('are all defined rightly', async () => {
    const { all } = await loadLanguages()
    expect(all.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'bash',
        'c',
        'cpp',
        'go',
        'java',
        'javascript',
        'python',
        'ruby',
        'typescript',
      ]),
    )
  })
})
