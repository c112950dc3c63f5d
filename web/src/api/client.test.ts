import { describe, expect, it } from 'vitest'

import { createApiClient } from './client.js'
import { ProblemError, type ProblemKind } from './problem.js'

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return createApiClient(() => Promise.resolve(new Response(text, { status, headers })))
}

async function problemOf(request: Promise<unknown>) {
  const error: unknown = await request.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProblemError)
  return (error as ProblemError).problem
}

const BODY = { language: 'python', files: [] }

describe('answers that are errors', () => {
  it.each<[number, unknown, ProblemKind]>([
    [429, { succeeded: false, errorMessage: 'm', code: 'RATE_LIMITED' }, 'rate-limited'],
    [503, { succeeded: false, errorMessage: 'm', code: 'QUEUE_FULL' }, 'queue-full'],
    [503, { succeeded: false, errorMessage: 'm', code: 'SHUTTING_DOWN' }, 'restarting'],
    [503, { succeeded: false, errorMessage: 'm', code: 'LANGUAGE_NOT_READY' }, 'not-ready'],
    [400, { succeeded: false, errorMessage: 'm', code: 'INVALID_INPUT' }, 'rejected'],
    [413, { succeeded: false, errorMessage: 'm', code: 'PAYLOAD_TOO_LARGE' }, 'rejected'],
    [404, { succeeded: false, errorMessage: 'm', code: 'NOT_FOUND' }, 'missing'],
    [500, { succeeded: false, errorMessage: 'm', code: 'INTERNAL_ERROR' }, 'failed'],
    // From a proxy in between, not from the service.
    [502, '<html>Bad Gateway</html>', 'restarting'],
    [429, '<html>slow down</html>', 'rate-limited'],
  ])('%d %j is %s', async (status, body, kind) => {
    const problem = await problemOf(answering(status, body).execute(BODY))
    expect(problem.kind).toBe(kind)
    expect(problem.message).not.toBe('')
  })

  it('say when trying again can help', async () => {
    const body = { succeeded: false, errorMessage: 'm', code: 'RATE_LIMITED' }
    const before = Date.now()
    const problem = await problemOf(answering(429, body, { 'retry-after': '42' }).execute(BODY))
    expect(problem.retryAt).toBeGreaterThanOrEqual(before + 42_000)
    expect((await problemOf(answering(429, body).execute(BODY))).retryAt).toBeNull()
  })

  it('are an offline service when there is no answer at all', async () => {
    const client = createApiClient(() => Promise.reject(new TypeError('fetch failed')))
    expect((await problemOf(client.execute(BODY))).kind).toBe('offline')
  })

  it('are passed on as they are when the page itself gave up', async () => {
    const abort = new AbortController()
    abort.abort(new Error('given up'))
    const client = createApiClient(() => Promise.reject(new Error('given up')))
    await expect(client.execute(BODY, abort.signal)).rejects.toThrow('given up')
  })
})

describe('answers that are not the contract’s', () => {
  it.each([null, [], 'text', { succeeded: true }, { succeeded: true, result: { jobId: 1 } }])(
    '%j is named, not passed on',
    async (body) => {
      await expect(answering(200, body).execute(BODY)).rejects.toThrow(/answer is not understood/)
    },
  )
})

describe('what the server has', () => {
  it('is read from its description', async () => {
    const paths = { '/api/v1/shares/{id}': {}, '/api/v1/analyze': {}, '/api/v1/submissionsX': {} }
    expect(await answering(200, { paths }).capabilities()).toEqual({
      interactive: false,
      submissions: false,
      analyze: true,
      shares: true,
    })
  })
})
