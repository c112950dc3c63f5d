import { describe, expect, it } from 'vitest'
import { ServiceError } from '../contract/errors.js'
import { chooseLanguage, toExecutionRequest } from './execution-request.js'
import type { Wishes } from './execution-request.js'
import { programOfOneFile } from './source-files.js'
import { IMAGES, LANGUAGES, testConfig } from './test-support.js'

const SOURCES = { languages: LANGUAGES, images: IMAGES }

function refusalOf(work: () => unknown): ServiceError {
  try {
    work()
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function request(wishes: Wishes, env: Readonly<Record<string, string>> = {}, language = 'python') {
  const definition = LANGUAGES.require(language)
  return toExecutionRequest(definition, programOfOneFile('', definition.mainFile), wishes, testConfig(env))
}

describe('the language', () => {
  it.each([
    ['python', 'python'],
    ['PyThOn', 'python'],
    ['py', 'python'],
    ['C++', 'cpp'],
    ['python@3', 'python'],
    ['python@3.13', 'python'],
    ['python@3.13.5', 'python'],
    ['python@*', 'python'],
    ['PY@3.13', 'python'],
  ])('%s is %s', (name, id) => {
    expect(chooseLanguage(name, SOURCES).id).toBe(id)
  })

  it('that is unknown is refused with a list of the known ones', () => {
    const refusal = refusalOf(() => chooseLanguage('cobol', SOURCES))
    expect(refusal.code).toBe('LANGUAGE_NOT_SUPPORTED')
    expect(refusal.message).toMatch(/^Language not supported: cobol/)
    expect(refusal.message).toContain('cpp, python, ruby')
  })

  it.each(['python@2', 'python@3.1', 'python@3.13.50'])(
    'in a version that is not here (%s) is refused',
    (name) => {
      const refusal = refusalOf(() => chooseLanguage(name, SOURCES))
      expect(refusal.code).toBe('LANGUAGE_NOT_SUPPORTED')
      expect(refusal.message).toBe(`Language not supported: ${name} (installed: python@3.13.5)`)
    },
  )

  it('whose image is not ready is refused for now', () => {
    const refusal = refusalOf(() => chooseLanguage('ruby', SOURCES))
    expect(refusal.code).toBe('LANGUAGE_NOT_READY')
    expect(refusal.message).toContain('Ruby is still being installed')
  })
})

describe('an execution', () => {
  it('has an id of its own, and the defaults where nothing was asked for', () => {
    const first = request({ stdin: null, args: null, limits: null }, { CODEEXEC_CPUS: '1' })
    expect(first).toMatchObject({
      language: 'python',
      entryPoint: 'main.py',
      args: [],
      cpus: 1,
    })
    expect(first.stdin).toHaveLength(0)
    expect(first.limits.run.wallTimeMs).toBe(5000)
    expect(first.jobId).not.toBe(request({}).jobId)
  })

  it('has what was asked for', () => {
    const limits = { wallTimeMs: 100, memoryBytes: null }
    const asked = request({ stdin: 'é\0', args: ['a b', '', '--x'], limits, cpus: 2 })
    expect(Buffer.from(asked.stdin).toString()).toBe('é\0')
    expect(asked.args).toEqual(['a b', '', '--x'])
    expect(asked.limits.run).toMatchObject({ wallTimeMs: 100, cpuTimeMs: 5000, memoryBytes: 256 * 2 ** 20 })
    expect(asked.cpus).toBe(2)
  })

  it('limits the program, not its compiler, by what was asked for', () => {
    const { limits } = request({ limits: { wallTimeMs: 100, memoryBytes: 1000 } }, {}, 'cpp')
    expect(limits.run).toMatchObject({ wallTimeMs: 100, memoryBytes: 1000 })
    expect(limits.compile).toMatchObject({ wallTimeMs: 15_000, memoryBytes: 512 * 2 ** 20 })
  })

  it('is refused where a limit is above the maximum, naming field and maximum', () => {
    const refusal = refusalOf(() => request({ limits: { wallTimeMs: 31_000, maxProcesses: 10 } }))
    expect(refusal.code).toBe('LIMIT_TOO_HIGH')
    expect(refusal.status).toBe(400)
    expect(refusal.message).toContain('wallTimeMs')
    expect(refusal.message).toContain('30000')
    expect(refusal.details?.map((detail) => detail.path)).toEqual(['limits.wallTimeMs'])
  })

  it.each([
    [{ args: ['ok', 'a\0b'] }, 'args[1] contains a NUL character'],
    [{ args: ['\udc00'] }, 'args[0] is not valid Unicode'],
    [{ args: ['x'.repeat(65_536)] }, 'args have 65537 bytes, the maximum is 65536'],
    [{ args: ['é'.repeat(40_000)] }, 'args have 80001 bytes, the maximum is 65536'],
    [{ stdin: '\ud800' }, 'stdin contains half of a surrogate pair'],
  ])('is refused where %j', (wishes, message) => {
    const refusal = refusalOf(() => request(wishes))
    expect(refusal.code).toBe('INVALID_INPUT')
    expect(refusal.message).toContain(`Invalid input: ${message}`)
  })

  it('is refused where the input is longer than the server takes', () => {
    const refusal = refusalOf(() => request({ stdin: 'ééé' }, { CODEEXEC_MAX_STDIN: '5B' }))
    expect(refusal.message).toBe('Invalid input: stdin has 6 bytes, the maximum is 5')
  })
})
