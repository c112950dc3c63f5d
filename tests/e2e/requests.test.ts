/** The service's own answers: health, documents, refusals and headers, over a real connection. */
import { describe, expect, it } from 'vitest'
import type { Service } from '../hostile/harness/service.js'
import { ask, execute, post } from './support/client.js'
import { withEveryService } from './support/split.js'
import { withService } from './support/suite.js'

/** The version that ran, or why none did. */
async function versionOf(service: Service, language: string): Promise<string> {
  const { body } = await post<{ result?: { version: string }; errorMessage: string }>(
    service,
    '/api/v1/execute',
    { language, code: 'print(1)' },
  )
  return body.result?.version ?? body.errorMessage
}

withEveryService('the service', {}, (service) => {
  it('is healthy and ready', async () => {
    const health = await ask<Record<string, string>>(service(), '/health')
    expect(health).toMatchObject({ status: 200, body: { status: 'OK' } })
    expect(new Date(health.body['timestamp'] ?? '').getTime()).not.toBeNaN()
    expect((await ask(service(), '/health/ready')).status).toBe(200)
  })

  it('describes itself', async () => {
    const { body } = await ask<{ openapi: string; paths: object }>(service(), '/openapi.json')
    expect(body.openapi).toMatch(/^3\./)
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/execute', '/api/v2/execute', '/run', '/api/v1/languages', '/health']),
    )
    expect((await ask(service(), '/docs')).status).toBe(200)
  })

  it('finds a version by its parts and by ranges', async () => {
    const installed = await versionOf(service(), 'python')
    for (const selector of [installed, '3', '3.x', '^3.0', '>=3.9 <4', '2.7 || 3', '*', 'latest'])
      expect({ selector, version: await versionOf(service(), `python@${selector}`) }).toEqual({
        selector,
        version: installed,
      })
    for (const selector of ['2', '^2.7', '<3.9', '>=99', 'newest'])
      expect(await versionOf(service(), `python@${selector}`)).toContain(`installed: python@${installed})`)
  })

  it('counts all files of the page as one route', async ({ skip }) => {
    const { body: page } = await ask<string>(service(), '/')
    const files = [...page.matchAll(/"\/?(assets\/[^"]+)"/g)].map(([, file]) => `/${file}`)
    skip(files.length === 0, 'the page is not built')
    for (const file of files) expect((await ask(service(), file)).status).toBe(200)
    const { body: metrics } = await ask<string>(service(), '/metrics')
    const routes = new Set([...metrics.matchAll(/route="(\/assets[^"]*)"/g)].map(([, route]) => route))
    expect(routes).toEqual(new Set(['/assets/*']))
  })

  it('lets every origin in, and says so with the security headers', async () => {
    const { headers, status } = await ask(service(), '/api/v1/execute', {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
    })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    const page = await ask(service(), '/api/v1/languages', { headers: { 'x-request-id': 'mine-1' } })
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('x-request-id')).toBe('mine-1')
    expect(page.headers.get('set-cookie')).toBeNull()
  })

  const json = { 'content-type': 'application/json' }
  it.each([
    ['no code', { body: '{"language":"python"}', headers: json }, 400, 'INVALID_INPUT'],
    [
      'an unknown language',
      { body: '{"language":"klingon","code":""}', headers: json },
      400,
      'LANGUAGE_NOT_SUPPORTED',
    ],
    ['broken JSON', { body: '{"language":', headers: json }, 400, 'INVALID_JSON'],
    ['another type', { body: 'x=1', headers: { 'content-type': 'text/csv' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another method', { method: 'PUT' }, 405, 'METHOD_NOT_ALLOWED'],
    ['more than 10 MiB', { body: `"${'x'.repeat(11 * 2 ** 20)}"`, headers: json }, 413, 'PAYLOAD_TOO_LARGE'],
    [
      'a limit above the maximum',
      { body: '{"language":"bash","code":"","limits":{"wallTimeMs":99999999}}', headers: json },
      400,
      'LIMIT_TOO_HIGH',
    ],
  ])('refuses %s in one shape', async (_, options, status, code) => {
    const answer = await ask(service(), '/api/v1/execute', { method: 'POST', ...options })
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ succeeded: false, code, errorMessage: expect.any(String) })
  })

  it.each(['../x.py', '/etc/x.py', 'a\\b.py', 'a\0b.py', 'x'.repeat(300)])(
    'refuses a file called %j',
    async (filename) => {
      const files = [{ filename, code: '' }]
      const answer = await post(service(), '/api/v2/execute', { language: 'python', files })
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } })
    },
  )

  it('knows nothing elsewhere', async () => {
    expect(await ask(service(), '/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
  })

  it('takes an empty program for a program', async () => {
    const result = await execute(service(), { language: 'python', code: '' })
    expect(result).toMatchObject({ runTimeStatus: 'succeeded', output: '' })
  })
})

describe('with a rate limit', () => {
  withService('of two a minute', { CODEEXEC_RATE_LIMIT: '2/1m' }, (service) => {
    it('refuses the third execution and says when to come again, but not other requests', async () => {
      const send = () => post(service(), '/api/v1/execute', { language: 'bash', code: 'true' })
      expect((await send()).status).toBe(200)
      expect((await send()).status).toBe(200)
      const third = await send()
      expect(third).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } })
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await ask(service(), '/health')).status).toBe(200)
    })
  })
})
