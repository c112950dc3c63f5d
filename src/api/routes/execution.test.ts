/** The three endpoints that execute code. */
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { emptyReport } from '../../analysis/engine/report.js'
import type { AnalysisReport } from '../../contract/analysis.js'
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'
import { executeAnswer } from '../../contract/wire/execute.js'
import { executionResult, makeApp, stageResult } from '../test-support.js'
import type { TestSettings } from '../test-support.js'
import { isPistonBody } from './execute-v2.js'

const ALL = ['/api/v1/execute', '/api/v2/execute', '/run'] as const
const FILES = [{ filename: 'main.py', code: 'print(1)' }]

/** A body that each endpoint accepts. */
const BODIES = {
  '/api/v1/execute': { language: 'python', code: 'print(1)' },
  '/api/v2/execute': { language: 'python', files: FILES },
  '/run': { language: 'python', code: 'print(1)' },
} as const

async function post(url: string, payload: object | string, settings: TestSettings = {}) {
  const { app, submitted } = await makeApp(settings)
  const answer = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json' },
  })
  return { answer, submitted }
}

const noWork = (): Promise<void> => Promise.resolve()

async function answerLater({ jobId }: ExecutionRequest): Promise<ExecutionResult> {
  await setImmediate()
  return executionResult({ jobId })
}

async function analysisOf(url: string, payload: object, analysis: Promise<AnalysisReport>): Promise<unknown> {
  const dependencies = { analyzer: { analyze: () => analysis, close: noWork } }
  const { answer } = await post(url, payload, { dependencies, submit: answerLater })
  expect(answer.statusCode).toBe(200)
  return answer.json<{ analysis?: unknown }>().analysis
}

const v2 = (files: unknown) => post('/api/v2/execute', { language: 'python', files })

describe.each(ALL)('%s', (url) => {
  const body = BODIES[url]

  it('runs the program', async () => {
    const { answer, submitted } = await post(url, body)
    expect(answer.statusCode).toBe(200)
    const [job] = submitted
    expect(job?.request).toMatchObject({ language: 'python', entryPoint: 'main.py' })
    expect(Buffer.from(job?.request.files[0]?.content ?? []).toString()).toBe('print(1)')
  })

  it('ignores fields it does not know, dangerous ones included', async () => {
    const text = JSON.stringify({ ...body, unknown: { deep: [1] } })
    const payload = `${text.slice(0, -1)},"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}`
    const { answer } = await post(url, payload)
    expect(answer.statusCode).toBe(200)
    expect(Reflect.get({}, 'admin')).toBeUndefined()
  })

  it('is not troubled by a field nested without end', async () => {
    const payload = `${JSON.stringify(body).slice(0, -1)},"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect((await post(url, payload)).answer.statusCode).toBe(200)
  })

  it.each([
    [{ language: undefined }, 'language is required'],
    [{ language: null }, 'language must be a string'],
    [{ language: 3 }, 'language must be a string'],
    [{ language: '' }, 'language must not be empty'],
    [{ language: 'x'.repeat(129) }, 'language must have at most 128 characters'],
  ])('refuses %j', async (change, message) => {
    const { answer, submitted } = await post(url, { ...body, ...change })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'INVALID_INPUT', errorMessage: `Invalid input: ${message}` })
    expect(submitted).toEqual([])
  })

  it('refuses an unknown language with a list of the known ones', async () => {
    const { answer } = await post(url, { ...body, language: 'cobol' })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().errorMessage).toMatch(/^Language not supported: cobol.*cpp, python, ruby/)
  })
})

describe.each(['/api/v1/execute', '/run'] as const)('%s', (url) => {
  it.each([
    [undefined, 'code is required'],
    [null, 'code must be a string'],
    [['print(1)'], 'code must be a string'],
  ])('refuses code that is %j', async (code, message) => {
    const { answer } = await post(url, { ...BODIES[url], code })
    expect(answer.json()).toMatchObject({ errorMessage: `Invalid input: ${message}` })
  })

  it('takes an empty string for a program', async () => {
    expect((await post(url, { language: 'python', code: '' })).answer.statusCode).toBe(200)
  })

  it('keeps every character of the code', async () => {
    const code = 'é😀\u2028\r\n\t\0"\\'
    const { submitted } = await post(url, { language: 'py', code })
    expect(Buffer.from(submitted[0]?.request.files[0]?.content ?? []).toString()).toBe(code)
  })
})

describe.each(['/api/v1/execute', '/api/v2/execute'] as const)('%s', (url) => {
  const body = BODIES[url]

  it('answers in the documented shape', async () => {
    const { answer } = await post(url, body)
    expect(executeAnswer.parse(answer.json())).toEqual(answer.json())
  })

  it('passes stdin, args and limits on', async () => {
    const options = {
      stdin: 'in',
      args: ['a', 'b'],
      limits: { wallTimeMs: 1500 },
      saveMetric: false,
      analyze: true,
    }
    const { submitted } = await post(url, { ...body, ...options })
    const job = submitted[0]?.request
    expect(Buffer.from(job?.stdin ?? []).toString()).toBe('in')
    expect(job?.args).toEqual(['a', 'b'])
    expect(job?.limits.run.wallTimeMs).toBe(1500)
  })

  it('adds the analysis where it was asked for, and never waits for it', async () => {
    const report = emptyReport('python', 'complete', [])
    const never = new Promise<never>(() => {})
    expect(await analysisOf(url, { ...body, analyze: true }, Promise.resolve(report))).toEqual(report)
    expect(await analysisOf(url, { ...body, analyze: true }, never)).toBeNull()
    expect(await analysisOf(url, { ...body, analyze: false }, Promise.resolve(report))).toBeUndefined()
  })

  it('takes null for an absent option', async () => {
    const options = { stdin: null, args: null, limits: null, saveMetric: null, analyze: null }
    expect((await post(url, { ...body, ...options })).answer.statusCode).toBe(200)
  })

  it.each([
    [{ stdin: 5 }, 'stdin must be a string'],
    [{ args: 'a b' }, 'args must be a list'],
    [{ args: ['a', 1] }, 'args[1] must be a string'],
    [{ limits: 5 }, 'limits must be a JSON object'],
    [{ limits: { wallTimeMs: '5' } }, 'limits.wallTimeMs must be a number'],
    [{ limits: { wallTimeMs: 0 } }, 'limits.wallTimeMs must be at least 1'],
    [{ limits: { memoryBytes: 1_048_575 } }, 'limits.memoryBytes must be at least 1048576'],
    [{ limits: { wallTimeMs: 1.5 } }, 'limits.wallTimeMs must be a whole number'],
    [{ saveMetric: 'yes' }, 'saveMetric must be true or false'],
    [{ analyze: 1 }, 'analyze must be true or false'],
    [{ args: Array.from({ length: 1001 }, () => 0) }, 'args has more than 1000 entries'],
  ])('refuses %j', async (change, message) => {
    const { answer } = await post(url, { ...body, ...change })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ errorMessage: `Invalid input: ${message}` })
  })

  it('names every field that is wrong', async () => {
    const { answer } = await post(url, { ...body, language: 1, stdin: 2, args: 3, limits: 4, saveMetric: 5 })
    const answered = answer.json()
    expect(answered.details).toHaveLength(5)
    expect(answered.errorMessage).toMatch(/; and 2 more$/)
  })

  it('refuses a limit above the maximum with its name', async () => {
    const { answer } = await post(url, { ...body, limits: { memoryBytes: 2 ** 40 } })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'LIMIT_TOO_HIGH', details: [{ path: 'limits.memoryBytes' }] })
  })
})

describe('/api/v2/execute', () => {
  it('passes all files on, decoded', async () => {
    const { submitted } = await v2([
      { filename: 'lib/data.bin', code: '/wA=', encoding: 'base64' },
      { filename: 'app.py', code: 'é', isEntryPoint: true },
    ])
    expect(submitted[0]?.request.entryPoint).toBe('app.py')
    expect(submitted[0]?.request.files).toEqual([
      { name: 'lib/data.bin', content: Buffer.from([255, 0]) },
      { name: 'app.py', content: Buffer.from('é') },
    ])
  })

  it.each([
    [undefined, 'files is required'],
    [[], 'files must not be empty'],
    ['main.py', 'files must be a list'],
    [[{ code: '' }], 'files[0].filename is required'],
    [[{ filename: 'a' }], 'files[0].code is required'],
    [[...FILES, { filename: 5, code: '' }], 'files[1].filename must be a string'],
    [[{ filename: 'a', code: '', encoding: 'hex' }], 'files[0].encoding must be "utf8" or "base64"'],
    [[{ filename: 'a', code: '', isEntryPoint: 'yes' }], 'files[0].isEntryPoint must be true or false'],
    [[{ filename: '../a', code: '' }], 'files[0].filename "../a" leads out of its folder by ".."'],
    [[null], 'files[0] must be a JSON object'],
    [
      [...FILES, { filename: 'b', code: '' }],
      'files have no entry point; set isEntryPoint to true on exactly one of them',
    ],
  ])('refuses files %j', async (files, message) => {
    const { answer } = await v2(files)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'INVALID_INPUT', errorMessage: `Invalid input: ${message}` })
  })

  it('reports ten thousand wrong files as one mistake', async () => {
    const { answer } = await v2(Array.from({ length: 10_000 }, () => 0))
    expect(answer.json()).toMatchObject({ errorMessage: 'Invalid input: files has more than 1000 entries' })
    expect(answer.json().details).toHaveLength(1)
  })

  it("refuses files in Piston's shape, and says what it misses", async () => {
    const { answer } = await v2([{ name: 'a.py', content: 'print(1)' }])
    expect(answer.statusCode).toBe(400)
    expect(answer.json().errorMessage).toContain('"content"')
  })

  it.each([
    [{ files: [{ content: '' }] }, true],
    [{ files: [{ content: '', name: 'x' }] }, true],
    [{ files: [{ content: '', code: '' }] }, false],
    [{ files: [{ code: '' }] }, false],
    [{ files: [] }, false],
    [{ files: 'content' }, false],
    [{}, false],
    [null, false],
    ['files', false],
  ])("sees whether %j is Piston's", (body, expected) => {
    expect(isPistonBody(body)).toBe(expected)
  })
})

describe('/run', () => {
  it('has limits of its own', async () => {
    const { submitted } = await post('/run', { ...BODIES['/run'], input: 'in', limits: { wallTimeMs: 9 } })
    expect(submitted[0]?.request).toMatchObject({
      cpus: 1,
      limits: { run: { wallTimeMs: 2000, cpuTimeMs: 2000, memoryBytes: 256 * 2 ** 20, maxProcesses: 64 } },
    })
    expect(Buffer.from(submitted[0]?.request.stdin ?? []).toString()).toBe('in')
  })

  it('takes other ones from the configuration', async () => {
    const { app, submitted } = await makeApp({
      env: {
        CODEEXEC_COMPACT_WALL_TIME: '3s',
        CODEEXEC_COMPACT_MEMORY: '1MiB',
        CODEEXEC_COMPACT_CPUS: '0.5',
      },
    })
    await app.inject({ method: 'POST', url: '/run', payload: BODIES['/run'] })
    expect(submitted[0]?.request).toMatchObject({
      cpus: 0.5,
      limits: { run: { wallTimeMs: 3000, cpuTimeMs: 3000, memoryBytes: 2 ** 20 } },
    })
  })

  it('answers in its own shape', async () => {
    const run = stageResult({ stdout: '5\n', stderr: 'note' })
    const { app } = await makeApp({ submit: () => Promise.resolve(executionResult({ run })) })
    const answer = await app.inject({ method: 'POST', url: '/run', payload: BODIES['/run'] })
    expect(answer.json()).toEqual({ status: 'success', stdout: '5\n', stderr: 'note', stage: 'run' })
  })

  it('answers an execution that the service lost as an error', async () => {
    const result = executionResult({ status: 'internal_error', errorMessage: 'x', run: null })
    const { app } = await makeApp({ submit: () => Promise.resolve(result) })
    const answer = await app.inject({ method: 'POST', url: '/run', payload: BODIES['/run'] })
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toMatchObject({ succeeded: false, code: 'INTERNAL_ERROR' })
  })
})
