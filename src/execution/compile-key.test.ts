import { describe, expect, it } from 'vitest'

import type { CompileInputs } from './compile-key.js'
import { compileKey } from './compile-key.js'
import { LIMITS } from './test-support.js'

type Command = CompileInputs['command']

const file = (name: string, text: string) => ({ name, content: Buffer.from(text) })

const COMMAND: Command = {
  argv: ['cc', '-o', '/out/program', 'main.c'],
  env: { PATH: '/bin', HOME: '/tmp' },
  cwd: '',
  stdin: new Uint8Array(),
  limits: { ...LIMITS, cpus: 2 },
}
const SANDBOX: CompileInputs['sandbox'] = {
  image: 'c',
  files: [file('main.c', 'int main;'), file('more.h', '')],
  fileSystemBytes: 65_536,
}
const INPUTS: CompileInputs = {
  language: 'c',
  image: 'abc123',
  driver: 'namespaces',
  entryPoint: 'main.c',
  sandbox: SANDBOX,
  command: COMMAND,
}

const withCommand = (command: Partial<Command>): CompileInputs => ({
  ...INPUTS,
  command: { ...COMMAND, ...command },
})
const withLimits = (limits: Partial<Command['limits']>): CompileInputs =>
  withCommand({ limits: { ...COMMAND.limits, ...limits } })
const withFiles = (...files: CompileInputs['sandbox']['files']): CompileInputs => ({
  ...INPUTS,
  sandbox: { ...SANDBOX, files },
})

/** Each is another compile stage than the one above. */
const OTHERS: readonly (readonly [string, CompileInputs])[] = [
  ['language', { ...INPUTS, language: 'cpp' }],
  ['image', { ...INPUTS, image: 'abc124' }],
  ['name of the image', { ...INPUTS, sandbox: { ...SANDBOX, image: 'cpp' } }],
  ['driver', { ...INPUTS, driver: 'docker' }],
  ['entry point', { ...INPUTS, entryPoint: 'more.h' }],
  ['room for files', { ...INPUTS, sandbox: { ...SANDBOX, fileSystemBytes: 65_537 } }],
  ['argument', withCommand({ argv: ['cc', '-O', '/out/program', 'main.c'] })],
  ['more arguments', withCommand({ argv: [...COMMAND.argv, ''] })],
  ['arguments cut elsewhere', withCommand({ argv: ['cc', '-o/out/program', '', 'main.c'] })],
  ['variable', withCommand({ env: { PATH: '/bin', HOME: '/' } })],
  ['more variables', withCommand({ env: { PATH: '/bin', HOME: '/tmp', LANG: '' } })],
  ['variables in another order', withCommand({ env: { HOME: '/tmp', PATH: '/bin' } })],
  [
    'a variable less, its text in the arguments',
    withCommand({ argv: [...COMMAND.argv, 'HOME', '/tmp'], env: { PATH: '/bin' } }),
  ],
  ['work folder', withCommand({ cwd: 'src' })],
  ['input', withCommand({ stdin: Buffer.from('x') })],
  ['open input', withCommand({ stdin: 'interactive' })],
  ['input that spells open input', withCommand({ stdin: Buffer.from('interactive') })],
  ['wall time', withLimits({ wallTimeMs: 1 })],
  ['CPU time', withLimits({ cpuTimeMs: 1 })],
  ['memory', withLimits({ memoryBytes: 1 })],
  ['processes', withLimits({ maxProcesses: 1 })],
  ['output', withLimits({ outputBytes: 1 })],
  ['size of files', withLimits({ fileSizeBytes: 1 })],
  ['CPUs', withLimits({ cpus: 1 })],
  ['content', withFiles(file('main.c', 'int main?'), file('more.h', ''))],
  ['name of a file', withFiles(file('main.c', 'int main;'), file('more.H', ''))],
  ['one file less', withFiles(file('main.c', 'int main;'))],
  ['one file more', withFiles(...SANDBOX.files, file('', ''))],
  ['files in another order', withFiles(file('more.h', ''), file('main.c', 'int main;'))],
  ['a name that goes on in the content', withFiles(file('main.cint ', 'main;'), file('more.h', ''))],
  ['content that goes on in the next name', withFiles(file('main.c', 'int main;more.h'), file('', ''))],
  ['one file that holds both', withFiles(file('main.c', 'int main;\0more.h\0'))],
]

describe('the key of a compile stage', () => {
  it('is the same for the same stage', () => {
    const again = withFiles(file('main.c', 'int main;'), file('more.h', ''))
    expect(compileKey(again)).toBe(compileKey(INPUTS))
    expect(compileKey(INPUTS)).toMatch(/^[0-9a-f]{64}$/u)
  })

  it.each(OTHERS)('is another one with another %s', (_, inputs) => {
    expect(compileKey(inputs)).not.toBe(compileKey(INPUTS))
  })

  it('is another one for each of them', () => {
    const keys = OTHERS.map(([, inputs]) => compileKey(inputs))
    expect(new Set(keys).size).toBe(OTHERS.length)
  })

  it('does not take a limit for its neighbour', () => {
    const { wallTimeMs, ...rest } = COMMAND.limits
    const swapped = withLimits({ ...rest, wallTimeMs: 7, cpuTimeMs: wallTimeMs })
    expect(compileKey(swapped)).not.toBe(compileKey(withLimits({ wallTimeMs, cpuTimeMs: 7 })))
  })
})
