/** The conventions that hold for every endpoint. */
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { InjectOptions } from 'fastify'
import { ServiceError } from '../contract/errors.js'
import { errorAnswer } from '../contract/wire/error.js'
import { STANDARD_HEADERS } from './plugins/standard-headers.js'
import { executionResult, makeApp, stageResult } from './test-support.js'
import type { TestSettings } from './test-support.js'

const HELLO = { language: 'python', code: 'print("hello")' }
const EXECUTE = { method: 'POST', url: '/api/v1/execute', payload: HELLO } as const satisfies InjectOptions
const JSON_TYPE = { 'content-type': 'application/json' }

async function answerTo(options: InjectOptions, settings?: TestSettings) {
  const { app } = await makeApp(settings)
  return app.inject(options)
}

function failing(error: unknown): TestSettings {
  return {
    submit() {
      throw error
    },
  }
}

function from(remoteAddress: string, url = '/api/v1/execute') {
  return { ...EXECUTE, url, remoteAddress }
}

function through(proxy: string, client: string) {
  return { ...from(proxy), headers: { 'x-forwarded-for': client } }
}

describe('errors', () => {
  const tooLarge = JSON.stringify({ ...HELLO, code: 'x'.repeat(11 * 2 ** 20) })
  const CASES: [string, InjectOptions, number, string, TestSettings?][] = [
    ['an unknown address', { url: '/nope' }, 404, 'NOT_FOUND'],
    [
      'an unknown address with a method that has a body',
      { ...EXECUTE, url: '/api/v1/nope' },
      404,
      'NOT_FOUND',
    ],
    ['a method that does not fit', { url: '/api/v1/execute' }, 405, 'METHOD_NOT_ALLOWED'],
    ['an address that is no URL', { url: '/%zz' }, 400, 'INVALID_INPUT'],
    ['JSON that is broken', { ...EXECUTE, payload: '{', headers: JSON_TYPE }, 400, 'INVALID_JSON'],
    ['no body', { method: 'POST', url: '/run' }, 400, 'INVALID_INPUT'],
    ['an empty body', { ...EXECUTE, payload: '', headers: JSON_TYPE }, 400, 'INVALID_JSON'],
    ['a body that is a list', { ...EXECUTE, payload: '[]', headers: JSON_TYPE }, 400, 'INVALID_INPUT'],
    ['a body that is null', { ...EXECUTE, payload: 'null', headers: JSON_TYPE }, 400, 'INVALID_INPUT'],
    [
      'a body that is too large',
      { ...EXECUTE, payload: tooLarge, headers: JSON_TYPE },
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'a body of another type',
      { ...EXECUTE, payload: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a body of type text',
      { ...EXECUTE, payload: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a compressed body',
      { ...EXECUTE, payload: 'x', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'an unknown language',
      { ...EXECUTE, payload: { ...HELLO, language: 'cobol' } },
      400,
      'LANGUAGE_NOT_SUPPORTED',
    ],
    ['a full queue', EXECUTE, 503, 'QUEUE_FULL', failing(new ServiceError('QUEUE_FULL', 'full'))],
    ['a fault of ours', EXECUTE, 500, 'INTERNAL_ERROR', failing(new Error('/srv/secret is broken'))],
    ['something thrown that is no error', EXECUTE, 500, 'INTERNAL_ERROR', failing('oops')],
  ]

  it.each(CASES)('%s', async (_, options, status, code, settings) => {
    const answer = await answerTo(options, settings)
    expect(answer.statusCode).toBe(status)
    expect(errorAnswer.parse(answer.json())).toMatchObject({ code })
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(answer.headers).toMatchObject(STANDARD_HEADERS)
    expect(answer.headers['x-request-id']).toBeTruthy()
  })

  it('of a queue that is known to be full come before the body is read', async () => {
    const full = new ServiceError('QUEUE_FULL', 'full', { retryAfterSeconds: 3 })
    const { app, submitted } = await makeApp({
      dependencies: { queue: { submit: () => Promise.reject(full), refusal: () => full } },
    })
    for (const url of ['/api/v1/execute', '/api/v2/execute', '/run']) {
      const answer = await app.inject({ ...EXECUTE, url, payload: '{ no JSON' })
      expect(answer.statusCode).toBe(503)
      expect(answer.headers['retry-after']).toBe('3')
    }
    expect(submitted).toEqual([])
  })

  it('say nothing of the inside', async () => {
    const answer = await answerTo(EXECUTE, failing(new Error('/srv/secret is broken')))
    expect(answer.json()).toEqual({
      succeeded: false,
      errorMessage: 'The service failed; please try again',
      code: 'INTERNAL_ERROR',
    })
  })

  it('of ours are logged with their cause', async () => {
    const { app, log } = await makeApp(failing(new Error('outer', { cause: new Error('inner reason') })))
    await app.inject(EXECUTE)
    expect(log()).toContain('inner reason')
  })

  it('name the limit of the body where it is another one', async () => {
    const payload = { ...HELLO, code: 'x'.repeat(2000) }
    const answer = await answerTo({ ...EXECUTE, payload }, { env: { CODEEXEC_BODY_LIMIT: '1KiB' } })
    expect(answer.statusCode).toBe(413)
  })

  it.each([
    ['/api/v1/execute', 'OPTIONS, POST'],
    ['/api/v1/execute/', 'OPTIONS, POST'],
    ['/api/v1/execute?x=1', 'OPTIONS, POST'],
    ['/health/ready', 'GET, HEAD, OPTIONS'],
  ])('405 at %s names the methods that are possible', async (url, allow) => {
    const answer = await answerTo({ method: 'DELETE', url })
    expect(answer.statusCode).toBe(405)
    expect(answer.headers.allow).toBe(allow)
  })

  it.each([
    ['QUEUE_FULL', undefined, '1'],
    ['QUEUE_FULL', 7, '7'],
    ['SHUTTING_DOWN', undefined, '5'],
    ['LANGUAGE_NOT_READY', undefined, '10'],
  ] as const)('503 %s says when to try again', async (code, retryAfterSeconds, header) => {
    const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
    const answer = await answerTo(EXECUTE, failing(new ServiceError(code, 'not now', options)))
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe(header)
  })
})

describe('request ids', () => {
  it.each(['abc', '0b7c1d1e-6a57-4b3c-9a0e-2f7d3c1b5a48', 'a.b_c:d-1', 'x'.repeat(128)])(
    'echo %s',
    async (id) => {
      const answer = await answerTo({ url: '/health', headers: { 'x-request-id': id } })
      expect(answer.headers['x-request-id']).toBe(id)
    },
  )

  it.each([undefined, '', 'x'.repeat(129), 'a b', '{"a":1}', '-x', 'é'])(
    'are made where the client sends %j',
    async (id) => {
      const headers = id === undefined ? {} : { 'x-request-id': id }
      const answer = await answerTo({ url: '/health', headers })
      expect(answer.headers['x-request-id']).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/)
    },
  )
})

describe('CORS', () => {
  it('answers OPTIONS anywhere, with or without the headers of a preflight', async () => {
    const { app } = await makeApp()
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/api/v2/execute',
      headers: {
        origin: 'https://example.org',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-custom',
      },
    })
    expect(preflight.statusCode).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'content-type,x-custom',
      'access-control-max-age': '86400',
    })
    expect(preflight.headers['access-control-allow-methods']).toContain('POST')
    expect((await app.inject({ method: 'OPTIONS', url: '/run' })).statusCode).toBe(204)
    expect((await app.inject({ method: 'OPTIONS', url: '/nope' })).statusCode).toBe(204)
  })

  it('lets pages read the headers of the contract', async () => {
    const answer = await answerTo(EXECUTE)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    const exposed = String(answer.headers['access-control-expose-headers'])
    expect(exposed.split(', ')).toEqual(
      expect.arrayContaining(['RateLimit-Remaining', 'Retry-After', 'X-Request-Id', 'Location']),
    )
  })
})

describe('compression', () => {
  const long = {
    submit: () => Promise.resolve(executionResult({ run: stageResult({ stdout: 'x'.repeat(5000) }) })),
  }

  it('is used where the client asks and the answer is not tiny', async () => {
    const answer = await answerTo({ ...EXECUTE, headers: { 'accept-encoding': 'gzip' } }, long)
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(answer.headers.vary).toContain('accept-encoding')
    expect(gunzipSync(answer.rawPayload).toString()).toContain('x'.repeat(5000))
  })

  it('is not used for tiny answers or clients that do not ask', async () => {
    const { app } = await makeApp(long)
    expect((await app.inject(EXECUTE)).headers['content-encoding']).toBeUndefined()
    const tiny = await app.inject({ url: '/health', headers: { 'accept-encoding': 'gzip, br' } })
    expect(tiny.headers['content-encoding']).toBeUndefined()
  })
})

describe('the rate limit', () => {
  const env = { CODEEXEC_RATE_LIMIT: '3/1m' }

  it('counts the endpoints that execute code together, and says how much is left', async () => {
    const { app, submitted } = await makeApp({ env })
    const answers = []
    for (const url of ['/api/v1/execute', '/run', '/api/v1/execute', '/run']) {
      answers.push(await app.inject(from('192.0.2.1', url)))
    }
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200, 429])
    expect(answers.map((answer) => answer.headers['ratelimit-remaining'])).toEqual(['2', '1', '0', '0'])
    expect(answers[3]?.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-reset': '60',
      'ratelimit-policy': '3;w=60',
      'retry-after': '60',
      'access-control-allow-origin': '*',
    })
    expect(answers[3]?.json()).toMatchObject({ succeeded: false, code: 'RATE_LIMITED' })
    expect(submitted).toHaveLength(3)
  })

  it('is per client and leaves other endpoints alone', async () => {
    const { app } = await makeApp({ env })
    for (let index = 0; index < 4; index++) await app.inject(from('192.0.2.1'))
    expect((await app.inject(from('192.0.2.2'))).statusCode).toBe(200)
    const languages = await app.inject({ url: '/api/v1/languages', remoteAddress: '192.0.2.1' })
    expect(languages.statusCode).toBe(200)
    expect(languages.headers['ratelimit-limit']).toBeUndefined()
  })

  it('takes a /64 of IPv6 for one client', async () => {
    const { app } = await makeApp({ env })
    for (const host of [1, 2, 3]) await app.inject(from(`2001:db8:1:1::${host}`))
    expect((await app.inject(from('2001:db8:1:1::4'))).statusCode).toBe(429)
    expect((await app.inject(from('2001:db8:1:2::4'))).statusCode).toBe(200)
  })

  it('can be switched off', async () => {
    const answer = await answerTo(EXECUTE, { env: { CODEEXEC_RATE_LIMIT: 'off' } })
    expect(answer.headers['ratelimit-limit']).toBeUndefined()
  })

  it('believes X-Forwarded-For from a named proxy only', async () => {
    const trusting = await makeApp({ env: { ...env, CODEEXEC_TRUSTED_PROXY: '10.0.0.0/8' } })
    for (let index = 0; index < 3; index++) await trusting.app.inject(through('10.0.0.1', '192.0.2.1'))
    expect((await trusting.app.inject(through('10.0.0.1', '192.0.2.1'))).statusCode).toBe(429)
    expect((await trusting.app.inject(through('10.0.0.1', '192.0.2.2'))).statusCode).toBe(200)
    for (let index = 0; index < 3; index++)
      await trusting.app.inject(through('203.0.113.1', `192.0.2.${index + 10}`))
    expect((await trusting.app.inject(through('203.0.113.1', '192.0.2.99'))).statusCode).toBe(429)

    const wary = await makeApp({ env })
    for (let index = 0; index < 3; index++) await wary.app.inject(through('10.0.0.1', `192.0.2.${index}`))
    expect((await wary.app.inject(through('10.0.0.1', '192.0.2.99'))).statusCode).toBe(429)
  })

  it('gives the queue one key per client, which is no address', async () => {
    const { app, submitted, log } = await makeApp()
    await app.inject(from('192.0.2.1'))
    await app.inject(from('192.0.2.1'))
    await app.inject(from('192.0.2.2'))
    const keys = submitted.map(({ options }) => options.clientKey)
    expect(keys[0]).toBe(keys[1])
    expect(keys[0]).not.toBe(keys[2])
    expect(`${keys.join()}${log()}`).not.toContain('192.0.2')
  })
})

describe('draining', () => {
  it('refuses executions, says so to load balancers, and answers the rest', async () => {
    const { app, submitted } = await makeApp()
    app.startDraining()
    const refused = await app.inject(EXECUTE)
    expect(refused.statusCode).toBe(503)
    expect(refused.json()).toMatchObject({ code: 'SHUTTING_DOWN' })
    expect(refused.headers['retry-after']).toBe('5')
    expect(refused.headers.connection).toBe('close')
    expect(submitted).toEqual([])
    expect((await app.inject({ url: '/health/ready' })).statusCode).toBe(503)
    expect((await app.inject({ url: '/health' })).statusCode).toBe(200)
  })
})

describe('the log', () => {
  it('has one line per request, with its ids and route, and nothing a client wrote', async () => {
    const { app, submitted, log } = await makeApp()
    const payload = { language: 'python', code: 'print("secret")', stdin: 'secret', args: ['secret'] }
    await app.inject({ ...EXECUTE, payload, headers: { 'x-request-id': 'req-1' } })
    await app.inject({ url: '/nope/secret?token=secret' })
    const lines: unknown[] = log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toEqual([
      expect.objectContaining({
        reqId: 'req-1',
        jobId: submitted[0]?.request.jobId,
        method: 'POST',
        route: '/api/v1/execute',
        status: 200,
      }),
      expect.objectContaining({ method: 'GET', route: 'unmatched', status: 404 }),
    ])
    expect(log()).not.toContain('secret')
    expect(log()).not.toContain('hello')
  })

  it('goes to the observer of requests as figures', async () => {
    const observed: unknown[] = []
    const { app } = await makeApp({ dependencies: { onHttpRequest: (event) => observed.push(event) } })
    await app.inject({ url: '/health' })
    await app.inject({ url: '/nope' })
    expect(observed).toEqual([
      { method: 'GET', route: '/health', statusCode: 200, durationMs: expect.any(Number), errorCode: '' },
      {
        method: 'GET',
        route: 'unmatched',
        statusCode: 404,
        durationMs: expect.any(Number),
        errorCode: 'NOT_FOUND',
      },
    ])
  })
})
