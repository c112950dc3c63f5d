/** nginx in front of the real service, as an operator runs them. */
import { request } from 'node:https'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, execute, post } from '../e2e/support/client.js'
import { start } from '../e2e/support/interactive.js'
import { startService } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import { describeUnless, noService } from './support/environment.js'
import { hasNginx, startNginx } from './support/nginx.js'
import type { Proxy } from './support/nginx.js'

const MIB = 2 ** 20
const SLEEPER = 'import time\nfor i in range(3):\n  print(i, flush=True)\n  time.sleep(0.3)\n'

describeUnless([noService(), !hasNginx && 'nginx is not installed'], 'nginx in front of the service', () => {
  let service: Service
  let proxy: Proxy

  beforeAll(async () => {
    service = await startService({ CODEEXEC_TRUSTED_PROXY: 'loopback', CODEEXEC_RATE_LIMIT: '1000/1h' })
    proxy = await startNginx({ upstream: service.port })
  })

  afterAll(async () => {
    await proxy?.stop()
    await service?.stop()
  })

  it('gives the page to whoever asks for it, and keeps its assets in browsers', async () => {
    const page = await ask<string>(proxy, '/')
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('the page') })
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const asset = await ask<string>(proxy, '/assets/main-1a2b.js')
    expect(asset.headers.get('cache-control')).toContain('immutable')
  })

  it('shows the page with the headers that the service itself gives it', async () => {
    const { PAGE_POLICY } = await import('../../src/api/plugins/web-page.js')
    const { STANDARD_HEADERS } = await import('../../src/api/plugins/standard-headers.js')
    const { headers } = await ask<string>(proxy, '/')
    expect(headers.get('content-security-policy')).toBe(PAGE_POLICY)
    const same = ['cross-origin-opener-policy', 'permissions-policy', 'referrer-policy', 'x-frame-options']
    for (const name of [...same, 'strict-transport-security', 'x-content-type-options']) {
      expect([name, headers.get(name)]).toEqual([name, STANDARD_HEADERS[name]])
    }
  })

  it('routes everything else to the service', async () => {
    expect(await execute(proxy, { language: 'python', code: 'print(6*7)' })).toMatchObject({ output: '42\n' })
    expect((await post(proxy, '/run', { language: 'python', code: 'print(1)', input: '' })).status).toBe(200)
    expect((await ask(proxy, '/api/v1/languages')).status).toBe(200)
    expect((await ask(proxy, '/health/ready')).status).toBe(200)
    expect((await ask(proxy, '/openapi.json')).status).toBe(200)
    expect(await ask(proxy, '/api/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    const wrong = await ask(proxy, '/api/v1/execute', { method: 'DELETE' })
    expect(wrong).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } })
  })

  it('keeps the figures from the public', async () => {
    expect((await ask(proxy, '/metrics')).status).toBe(404)
    expect((await ask(service, '/metrics')).status).toBe(200)
  })

  it('carries conversations with programs over WebSocket', async () => {
    const talk = await start(proxy, { language: 'python', code: 'print("you said " + input())' })
    talk.type('hello\n')
    await talk.said('you said hello')
    expect(await talk.result()).toMatchObject({ runTimeStatus: 'succeeded' })
  })

  it('passes events on as they happen, not when they are all there', async () => {
    const made = await post<{ id: string }>(proxy, '/api/v1/submissions', {
      language: 'python',
      code: SLEEPER,
    })
    const response = await fetch(`http://127.0.0.1:${proxy.port}/api/v1/submissions/${made.body.id}/events`)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const seen: { text: string; ended: boolean }[] = []
    for await (const chunk of response.body ?? []) {
      const { body } = await ask<{ status: string }>(service, `/api/v1/submissions/${made.body.id}`)
      seen.push({ text: Buffer.from(chunk).toString(), ended: body.status === 'finished' })
    }
    const all = seen.map(({ text }) => text).join('')
    expect(all).toContain('event: result')
    const firstOutput = seen.find(({ text }) => text.includes('event: stdout'))
    expect(firstOutput?.ended).toBe(false)
  })

  it('lets through bodies up to the limit and refuses larger ones in the words of the service', async () => {
    const fitting = { language: 'python', code: `#${'x'.repeat(9 * MIB)}\nprint(1)` }
    expect((await post(proxy, '/api/v1/execute', fitting)).status).toBe(200)
    const answer = await post(proxy, '/api/v1/execute', { language: 'python', code: 'x'.repeat(11 * MIB) })
    expect(answer).toMatchObject({ status: 413, body: { succeeded: false, code: 'PAYLOAD_TOO_LARGE' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('tells the service who asks, whatever clients claim', async () => {
    const headers = { 'content-type': 'application/json' }
    const remaining = async (forwarded: string): Promise<number> => {
      const body = JSON.stringify({ language: 'python', code: 'print(1)' })
      const options = { method: 'POST', body, headers: { ...headers, 'x-forwarded-for': forwarded } }
      return Number((await ask(proxy, '/api/v1/execute', options)).headers.get('ratelimit-remaining'))
    }
    const first = await remaining('192.0.2.1')
    expect(await remaining('192.0.2.2')).toBe(first - 1)
  })

  it('logs no address and keeps the id of the request', async () => {
    const answer = await ask(proxy, '/api/v1/languages?who=me', { headers: { 'x-request-id': 'mine-1' } })
    expect(answer.headers.get('x-request-id')).toBe('mine-1')
    await expect.poll(() => proxy.accessLog()).toContain('"request_id":"mine-1"')
    expect(proxy.accessLog()).not.toMatch(/127\.0\.0\.1|who=me/)
  })

  it('logs no key to what is kept', async () => {
    const hello = { language: 'bash', code: 'echo hello' }
    const submission = await post<{ id: string }>(proxy, '/api/v1/submissions', hello)
    const share = await post<{ id: string }>(proxy, '/api/v1/shares', hello)
    const saved = await post<{ result: { jobId: string } }>(proxy, '/api/v1/execute', {
      ...hello,
      saveMetric: true,
    })
    const keys = [submission.body.id, share.body.id, saved.body.result.jobId]
    const [submissionId, shareId, executionId] = keys
    const addresses = [
      `/api/v1/submissions/${submissionId}?wait=10`,
      `/api/v1/submissions/${submissionId}/events`,
      `/api/v1/submissions/${submissionId}/`,
      `/api//v1/submissions/${submissionId}/x/y//`,
      `/api/v1/shares/${shareId}`,
      `/api/v1/shares/%${shareId?.charCodeAt(0).toString(16)}${shareId?.slice(1)}`,
      `/?share=${shareId}`,
      `/api/v1/executions/${executionId}`,
    ]
    for (const address of addresses) await ask(proxy, address)
    await ask(proxy, '/health', { headers: { 'x-request-id': 'after-the-keys' } })
    await expect.poll(() => proxy.accessLog()).toContain('"request_id":"after-the-keys"')
    expect(proxy.accessLog()).toContain('"path":"/api/v1/submissions/:id/events"')
    expect(proxy.accessLog()).toContain('"path":"/api/v1/shares/:id"')
    for (const key of keys) expect(proxy.accessLog()).not.toContain(key)
  })

  it('ends TLS', async () => {
    const status = await new Promise((resolve, reject) => {
      const { tlsPort: port, certificate: ca } = proxy
      request({ host: '127.0.0.1', servername: 'localhost', port, ca, path: '/health' }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
  })
})

describeUnless([!hasNginx && 'nginx is not installed'], 'nginx', () => {
  it('refuses a flood in the words of the service', async () => {
    const proxy = await startNginx({ upstream: 9, rate: '1r/s', burst: 2 })
    try {
      const answers = await Promise.all(Array.from({ length: 12 }, () => ask(proxy, '/')))
      const refused = answers.filter(({ status }) => status === 429)
      expect(refused.length).toBeGreaterThan(5)
      expect(refused[0]?.body).toMatchObject({ succeeded: false, code: 'RATE_LIMITED' })
      expect(refused[0]?.headers.get('retry-after')).toBe('1')
    } finally {
      await proxy.stop()
    }
  })

  it('says in the words of the service that it is away', async () => {
    const proxy = await startNginx({ upstream: 9 })
    try {
      const answer = await ask(proxy, '/api/v1/languages')
      expect(answer).toMatchObject({ status: 503, body: { succeeded: false, code: 'NOT_READY' } })
      expect(answer.headers.get('retry-after')).toBe('5')
    } finally {
      await proxy.stop()
    }
  })
})
