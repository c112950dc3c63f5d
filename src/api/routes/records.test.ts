/** Endpoints that keep something: submissions, shares, saved executions, their summary. */
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ServiceError } from '../../contract/errors.js'
import type { ExecutionRequest, ExecutionResult } from '../../contract/execution.js'
import { savedExecutionAnswer, metricsSummaryAnswer } from '../../contract/wire/executions.js'
import { shareAnswer } from '../../contract/wire/shares.js'
import { submissionAnswer } from '../../contract/wire/submissions.js'
import { createMemoryQueue } from '../../queue/memory.js'
import type { ExecutionStore } from '../../store/execution-store.js'
import { AMPLE } from '../../store/limits.js'
import { createSqliteStore } from '../../store/sqlite.js'
import { openTestStore } from '../../store/test-support.js'
import type { TestStore } from '../../store/test-support.js'
import type { EventStream } from '../../submissions/event-stream.js'
import { createMemoryEventStream } from '../../submissions/memory-event-stream.js'
import { createSubmissions } from '../../submissions/submissions.js'
import type { App } from '../dependencies.js'
import { executionResult, makeApp, stageResult } from '../test-support.js'

const HELLO = { language: 'python', code: 'print("hello")' }
const START = Date.UTC(2026, 0, 1)

let test: TestStore
let app: App
let log: () => string
let nowMs: number
let run: (request: ExecutionRequest, signal: AbortSignal) => Promise<Partial<ExecutionResult>>

/** How often followers find that nothing is told of their submission yet, as where another process runs it. */
let looksInVain = 0

const clock = (): number => nowMs
const callbackProblem = (url: string): Promise<string | undefined> =>
  Promise.resolve(url.includes('10.0.0.1') ? 'leads into a private network' : undefined)
/** Everything in the database's files. */
const kept = (): string =>
  readdirSync(test.directory)
    .map((name) => readFileSync(path.join(test.directory, name), 'latin1'))
    .join('')
const eventNames = (body: string): (string | undefined)[] =>
  [...body.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)
const away = (): Promise<never> => Promise.reject(new ServiceError('STORE_UNAVAILABLE', 'away'))

async function start(store: ExecutionStore = test.store, env: Record<string, string> = {}): Promise<void> {
  const queue = createMemoryQueue({ capacity: 3 })
  queue.consume(async (request, { signal }) => {
    const own = await run(request, signal)
    return executionResult({ jobId: request.jobId, language: request.language, ...own })
  }, 1)
  const stream = createMemoryEventStream()
  const events: EventStream = {
    ...stream,
    follow: (...asked) => (looksInVain-- > 0 ? Promise.resolve(undefined) : stream.follow(...asked)),
  }
  const submissions = createSubmissions({ queue, store, events, clock })
  const made = await makeApp({
    env: { CODEEXEC_RATE_LIMIT: 'off', ...env },
    submit: (request, options) => queue.submit(request, options),
    dependencies: { clock, records: { store, submissions, events, callbackProblem } },
  })
  app = made.app
  log = made.log
}

beforeEach(async () => {
  test = await openTestStore()
  nowMs = START
  run = () => Promise.resolve({})
  looksInVain = 0
  await start()
})
afterEach(async () => {
  await app.close()
  await test.dispose()
})

const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload })
const submit = async (own: object = {}): Promise<string> => {
  const answer = await post('/api/v1/submissions', { ...HELLO, ...own })
  expect([answer.statusCode, answer.body]).toEqual([202, expect.any(String)])
  return answer.json<{ id: string }>().id
}
const read = async (id: string, query = '') => {
  const answer = await app.inject({ url: `/api/v1/submissions/${id}${query}` })
  expect(answer.statusCode).toBe(200)
  return submissionAnswer.parse(answer.json())
}
const untilAborted = (signal: AbortSignal): Promise<Partial<ExecutionResult>> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ status: 'cancelled' }))
  })

describe('submissions', () => {
  it('are accepted with an id and a Location, and have their result in the end', async () => {
    const answer = await post('/api/v1/submissions', HELLO)
    const { id, status } = answer.json<{ id: string; status: string }>()
    expect([answer.statusCode, status]).toEqual([202, 'queued'])
    expect(answer.headers.location).toBe(`/api/v1/submissions/${id}`)
    expect(id).toMatch(/^[\w-]{43}$/)
    expect(await read(id, '?wait=30')).toMatchObject({
      id,
      status: 'finished',
      createdAt: '2026-01-01T00:00:00.000Z',
      finishedAt: '2026-01-01T00:00:00.000Z',
      language: 'python',
      result: { output: 'hello\n', runTimeStatus: 'succeeded' },
      analysis: null,
    })
  })

  it('may be several files', async () => {
    const files = [
      { filename: 'a.py', code: 'import b', isEntryPoint: true },
      { filename: 'b.py', code: '' },
    ]
    const seen: string[] = []
    run = ({ entryPoint }) => Promise.resolve(seen.push(entryPoint)).then(() => ({}))
    await read(await submit({ code: undefined, files }), '?wait=30')
    expect(seen).toEqual(['a.py'])
  })

  it('run tests, each with its own input, and answer each', async () => {
    const seen: ExecutionRequest[] = []
    run = (request) => {
      seen.push(request)
      const tests = [
        { name: 'a', verdict: 'accepted' as const, run: stageResult({ stdout: '1' }) },
        { name: null, verdict: 'skipped' as const, run: null },
      ]
      return Promise.resolve({ tests })
    }
    const id = await submit({
      stdin: 'default',
      args: ['x'],
      tests: [{ name: 'a', stdin: '1', expectedOutput: '1' }, { args: [] }],
      checker: 'tokens',
      stopOnFailure: true,
    })
    const { result } = await read(id, '?wait=30')
    // What a case has not of its own is not repeated in it.
    expect(seen[0]).toMatchObject({ stdin: Buffer.from('default'), args: ['x'] })
    expect(seen[0]?.tests).toEqual({
      checker: 'tokens',
      stopOnFailure: true,
      cases: [
        { name: 'a', stdin: Buffer.from('1'), expectedOutput: '1' },
        { name: null, args: [], expectedOutput: null },
      ],
    })
    expect(result?.tests).toEqual([
      expect.objectContaining({ name: 'a', verdict: 'accepted', stdout: '1' }),
      expect.objectContaining({ name: null, verdict: 'skipped', usage: null }),
    ])
  })

  it.each([
    ['neither code nor files', { code: undefined }, 'code'],
    ['both code and files', { files: [{ filename: 'a.py', code: '' }] }, 'code'],
    ['unknown fields', { callback: 'x' }, 'unknown fields: callback'],
    ['no tests at all', { tests: [] }, 'tests'],
    ['a checker without tests', { checker: 'exact' }, 'checker'],
    ['an unknown checker', { tests: [{}], checker: 'regex' }, 'checker'],
    ['a wrong test', { tests: [{}, { stdin: 5 }] }, 'tests[1].stdin'],
    ['arguments with NUL in a test', { tests: [{ args: ['\0'] }] }, 'tests[0].args[0]'],
    ['a callback into a private network', { callbackUrl: 'http://10.0.0.1/' }, 'callbackUrl'],
  ])('are refused with %s', async (_, own, named) => {
    const answer = await post('/api/v1/submissions', { ...HELLO, ...own })
    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ errorMessage: string }>().errorMessage).toContain(named)
  })

  it('are cancelled by DELETE, which kills the program', async () => {
    run = (_, signal) => untilAborted(signal)
    const id = await submit()
    const answer = await app.inject({ method: 'DELETE', url: `/api/v1/submissions/${id}` })
    expect(answer.json()).toMatchObject({ id, status: 'cancelled' })
    expect(await read(id)).toMatchObject({ status: 'cancelled' })
  })

  it('that nobody knows are not found', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      const answer = await app.inject({ method, url: `/api/v1/submissions/${'x'.repeat(43)}` })
      expect(answer.statusCode).toBe(404)
    }
    expect((await app.inject({ url: '/api/v1/submissions' })).statusCode).toBe(405)
  })

  it('tell their place while they wait', async () => {
    run = (_, signal) => untilAborted(signal)
    const ids = [await submit(), await submit(), await submit()]
    expect((await read(ids[2] ?? '')).position).toBe(2)
    for (const id of ids.toReversed())
      await app.inject({ method: 'DELETE', url: `/api/v1/submissions/${id}` })
  })

  it('come in batches whose entries stand for themselves', async () => {
    const answer = await post('/api/v1/submissions/batch', {
      submissions: [HELLO, { language: 'cobol', code: '' }, { code: 'x' }, HELLO],
    })
    expect(answer.statusCode).toBe(202)
    const { submissions } = answer.json<{ submissions: { id?: string; code?: string; status?: string }[] }>()
    expect(submissions.map(({ status, code }) => status ?? code)).toEqual([
      'queued',
      'LANGUAGE_NOT_SUPPORTED',
      'INVALID_INPUT',
      'queued',
    ])
    for (const index of [0, 3])
      expect((await read(submissions[index]?.id ?? '', '?wait=30')).status).toBe('finished')
  })

  it.each([[[]], [Array.from({ length: 101 }, () => HELLO)]])(
    'refuse a batch of a wrong size',
    async (submissions) => {
      expect((await post('/api/v1/submissions/batch', { submissions })).statusCode).toBe(400)
    },
  )

  it('of a batch count one by one against the rate', async () => {
    await app.close()
    await start(test.store, { CODEEXEC_RATE_LIMIT: '3/1m' })
    const submissions = [HELLO, HELLO, HELLO]
    expect((await post('/api/v1/submissions/batch', { submissions })).statusCode).toBe(202)
    expect((await post('/api/v1/submissions', HELLO)).statusCode).toBe(429)
    await app.close()
    await start(test.store, { CODEEXEC_RATE_LIMIT: '2/1m' })
    expect((await post('/api/v1/submissions/batch', { submissions })).statusCode).toBe(429)
  })

  it('can be followed after their end, and from any event on', async () => {
    const id = await submit()
    await read(id, '?wait=30')
    const url = `/api/v1/submissions/${id}/events`
    const events = await app.inject({ url })
    expect(events.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(events.headers['access-control-allow-origin']).toBe('*')
    expect(eventNames(events.body).at(-1)).toBe('result')
    const result = /^event: result\ndata: (.*)$/m.exec(events.body)?.[1] ?? ''
    expect(JSON.parse(result)).toMatchObject({ result: { output: 'hello\n' } })
    const last = /id: (.*)\nevent: result/.exec(events.body)?.[1] ?? ''
    const resumed = await app.inject({ url, headers: { 'last-event-id': last } })
    expect(eventNames(resumed.body)).not.toContain('stage')
    expect((await app.inject({ url: `/api/v1/submissions/${'x'.repeat(43)}/events` })).statusCode).toBe(404)
  })

  it('can be followed live before anything is told of them', async () => {
    let finish: (() => void) | undefined
    run = () =>
      new Promise((resolve) => {
        finish = () => resolve({})
      })
    const id = await submit()
    looksInVain = 2
    const followed = app.inject({ url: `/api/v1/submissions/${id}/events` })
    await expect.poll(() => looksInVain, { timeout: 5000 }).toBeLessThan(0)
    finish?.()
    const { body } = await followed
    expect(eventNames(body).at(-1)).toBe('result')
    expect(body).not.toContain('id: record.')
  })

  it('go on from the record for who was told from it', async () => {
    const id = await submit()
    await read(id, '?wait=30')
    const url = `/api/v1/submissions/${id}/events`
    looksInVain = 1
    const recorded = await app.inject({ url })
    expect(recorded.body).toContain('id: record.0')
    const resumed = await app.inject({ url, headers: { 'last-event-id': 'record.0' } })
    expect(eventNames(resumed.body)).toEqual(eventNames(recorded.body).slice(1))
  })

  it('are read back after a restart', async () => {
    const id = await submit()
    const before = await read(id, '?wait=30')
    await app.close()
    await start()
    expect(await read(id)).toEqual(before)
  })
})

describe('saveMetric', () => {
  const CANARY = `canary-${randomBytes(8).toString('hex')}`
  const payload = { ...HELLO, code: CANARY, stdin: CANARY, args: [CANARY] }

  beforeEach(() => {
    run = () => Promise.resolve({ run: stageResult({ stdout: CANARY, output: CANARY }) })
  })

  it.each([{}, { saveMetric: false }, { saveMetric: null }])('%j leaves nothing anywhere', async (own) => {
    const answer = await post('/api/v1/execute', { ...payload, ...own })
    expect(answer.statusCode).toBe(200)
    await test.store.check()
    expect(kept().includes(CANARY) || log().includes(CANARY)).toBe(false)
    const { result } = answer.json<{ result: { jobId: string } }>()
    expect((await app.inject({ url: `/api/v1/executions/${result.jobId}` })).statusCode).toBe(404)
    expect((await app.inject({ url: '/api/v1/metrics/summary' })).json()).toMatchObject({ total: 0 })
  })

  it.each(['/api/v1/execute', '/api/v2/execute'])('true keeps the record of %s', async (url) => {
    const files = [{ filename: 'main.py', code: CANARY }]
    const answer = await post(url, { ...payload, files, saveMetric: true })
    const { result } = answer.json<{ result: { jobId: string } }>()
    const record = await app.inject({ url: `/api/v1/executions/${result.jobId}` })
    expect(savedExecutionAnswer.parse(record.json())).toEqual({
      jobId: result.jobId,
      userId: 'anonymous',
      projectId: 'default',
      language: 'python',
      version: '3.13.5',
      code: CANARY,
      output: CANARY,
      errorMessage: null,
      executionTime: 0.023,
      memoryUsage: '9.1MB',
      cpuUsage: '87.4%',
      runTimeStatus: 'succeeded',
      createdAt: '2026-01-01T00:00:00.000Z',
    })
    expect(log()).not.toContain(CANARY)
    expect(log()).not.toContain(result.jobId)
    const [, logged] = /"jobId":"([^"]+)"/.exec(log()) ?? []
    expect(logged).toBeDefined()
    expect((await app.inject({ url: `/api/v1/executions/${logged}` })).statusCode).toBe(404)
  })

  it('true gives a submission the key to the record, in its result and its events, and the log none', async () => {
    const id = await submit({ ...payload, saveMetric: true })
    const { result } = (await app.inject({ url: `/api/v1/submissions/${id}?wait=10` })).json<{
      result: { jobId: string }
    }>()
    const record = await app.inject({ url: `/api/v1/executions/${result.jobId}` })
    expect(savedExecutionAnswer.parse(record.json())).toMatchObject({ jobId: result.jobId, code: CANARY })
    const events = await app.inject({ url: `/api/v1/submissions/${id}/events` })
    expect(events.body).toContain(`"jobId":"${result.jobId}"`)
    expect(log()).not.toContain(result.jobId)
    expect(log()).not.toContain(id)
  })

  it('true refuses before the program runs while the database is away', async () => {
    await app.close()
    await start({ ...test.store, check: away, addSubmissions: away })
    let runs = 0
    run = () => Promise.resolve(runs++).then(() => ({}))
    for (const url of ['/api/v1/execute', '/api/v1/submissions']) {
      const answer = await post(url, { ...HELLO, saveMetric: true })
      expect(answer.statusCode).toBe(503)
      expect(answer.json()).toMatchObject({ code: 'STORE_UNAVAILABLE' })
      expect(answer.headers['retry-after']).toBe('5')
    }
    expect(runs).toBe(0)
    expect((await post('/api/v1/execute', HELLO)).statusCode).toBe(200)
  })

  it('is summed up, in all and by language', async () => {
    await post('/api/v1/execute', { ...HELLO, saveMetric: true })
    run = () => Promise.resolve({ status: 'runtime_error', errorMessage: 'x' })
    await post('/api/v1/execute', { language: 'cpp', code: '', saveMetric: true })
    const summary = metricsSummaryAnswer.parse((await app.inject({ url: '/api/v1/metrics/summary' })).json())
    expect(summary).toMatchObject({
      total: 2,
      succeeded: 1,
      failed: 1,
      successRate: 0.5,
      failureRate: 0.5,
      errors: { runtime_error: 1 },
      byLanguage: {
        python: { total: 1, successRate: 1, errors: {} },
        cpp: { total: 1, successRate: 0, errors: { runtime_error: 1 } },
      },
    })
    expect(summary.executionTime?.p50).toBeCloseTo(0.023, 3)
  })
})

describe('shares', () => {
  it('give back the program under an address, until they expire', async () => {
    const made = await app.inject({
      method: 'POST',
      url: '/api/v1/shares',
      headers: { host: 'run.example.org' },
      payload: { ...HELLO, language: 'Py', stdin: 'in', args: ['a'], expiresInSeconds: 60 },
    })
    expect(made.statusCode).toBe(201)
    const { id, url, expiresAt } = made.json<{ id: string; url: string; expiresAt: string }>()
    expect([url, expiresAt]).toEqual([`http://run.example.org/?share=${id}`, '2026-01-01T00:01:00.000Z'])
    const shared = await app.inject({ url: `/api/v1/shares/${id}` })
    expect(shareAnswer.parse(shared.json())).toEqual({
      id,
      language: 'python',
      files: [{ filename: 'main.py', code: HELLO.code, isEntryPoint: true }],
      stdin: 'in',
      args: ['a'],
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt,
    })
    nowMs += 60_000
    expect((await app.inject({ url: `/api/v1/shares/${id}` })).statusCode).toBe(404)
  })

  it('of one client have a room of their own, and are refused beyond it', async () => {
    await app.close()
    const limits = { ...AMPLE, clientShareBytes: 300_000 }
    const store = createSqliteStore({ file: test.file, limits, threadFile: test.threadFile })
    await start(store)
    const large = { ...HELLO, code: randomBytes(180_000).toString('base64') }
    const first = await post('/api/v1/shares', large)
    expect(first.statusCode).toBe(201)
    const second = await post('/api/v1/shares', large)
    expect(second.statusCode).toBe(429)
    expect(second.headers['retry-after']).toBeDefined()
    expect(second.json()).toMatchObject({
      code: 'CLIENT_STORE_FULL',
      errorMessage: expect.stringContaining('300000 bytes'),
    })
    const { id } = first.json<{ id: string }>()
    expect((await app.inject({ url: `/api/v1/shares/${id}` })).statusCode).toBe(200)
    await app.close()
    await store.close()
    await start()
  })

  it('are refused where they are larger than anything the server keeps', async () => {
    await app.close()
    const limits = { ...AMPLE, maxBytes: 2 ** 20 }
    const store = createSqliteStore({ file: test.file, limits, threadFile: test.threadFile })
    await start(store)
    const made = await post('/api/v1/shares', { ...HELLO, code: randomBytes(300_000).toString('base64') })
    expect(made.statusCode).toBe(413)
    expect(made.json()).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    await app.close()
    await store.close()
    await start()
  })

  it('work while their language is being installed', async () => {
    expect((await post('/api/v1/shares', { language: 'ruby', code: '' })).statusCode).toBe(201)
  })

  it.each([
    ['a life longer than the server allows', { expiresInSeconds: 31 * 86_400 }],
    ['a name that leads out of its folder', { code: undefined, files: [{ filename: '../x', code: '' }] }],
    ['unknown fields', { title: 'x' }],
    ['an unknown language', { language: 'cobol' }],
  ])('are refused with %s', async (_, own) => {
    expect((await post('/api/v1/shares', { ...HELLO, ...own })).statusCode).toBe(400)
  })
})

describe('/openapi.json', () => {
  it('is valid and documents every endpoint that keeps something', async () => {
    const document = (await app.inject({ url: '/openapi.json' })).json<{ paths: Record<string, object> }>()
    expect(await new Validator().validate(document)).toEqual({ valid: true })
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/submissions',
        '/api/v1/submissions/batch',
        '/api/v1/submissions/{id}',
        '/api/v1/submissions/{id}/events',
        '/api/v1/shares',
        '/api/v1/shares/{id}',
        '/api/v1/executions/{jobId}',
        '/api/v1/metrics/summary',
      ]),
    )
  })
})
