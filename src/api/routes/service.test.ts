/** What the service tells about itself. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { executeAnswer, executeFiles, executeOneFile } from '../../contract/wire/execute.js'
import { notReadyAnswer, readyAnswer } from '../../contract/wire/health.js'
import { languagesAnswer } from '../../contract/wire/languages.js'
import { runAnswer, runRequest } from '../../contract/wire/run.js'
import { createMetrics } from '../../observability/metrics/metrics.js'
import { makeApp } from '../test-support.js'
import type { TestSettings } from '../test-support.js'

async function get(url: string, settings?: TestSettings, headers: Record<string, string> = {}) {
  const { app } = await makeApp(settings)
  return app.inject({ url, headers })
}

describe('/health', () => {
  it('says OK and when', async () => {
    const answer = await get('/health')
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ status: 'OK', timestamp: '2026-01-01T00:00:00.000Z' })
  })
})

describe('/health/ready', () => {
  it('has a line per dependency', async () => {
    const answer = await get('/health/ready')
    expect(answer.statusCode).toBe(200)
    expect(readyAnswer.parse(answer.json()).checks).toEqual([{ name: 'sandbox', ok: true, detail: 'fine' }])
  })

  it('says no, and why, when one of them is missing', async () => {
    const checks = [
      { name: 'sandbox', ok: true, detail: 'fine' },
      { name: 'images', ok: false, detail: 'none is ready' },
    ]
    const answer = await get('/health/ready', { dependencies: { readiness: () => Promise.resolve(checks) } })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(notReadyAnswer.parse(answer.json())).toEqual({
      succeeded: false,
      errorMessage: 'Not ready: images (none is ready)',
      code: 'NOT_READY',
      status: 'not_ready',
      checks,
    })
  })

  it('says no when the checks themselves fail, without their words', async () => {
    const answer = await get('/health/ready', {
      dependencies: { readiness: () => Promise.reject(new Error('/srv/secret')) },
    })
    expect(answer.statusCode).toBe(503)
    expect(answer.body).not.toContain('secret')
  })
})

describe('/api/v1/languages', () => {
  it('lists every language with its version, limits and sample', async () => {
    const answer = await get('/api/v1/languages')
    const languages = languagesAnswer.parse(answer.json())
    expect(languages).toEqual(answer.json())
    expect(languages.map(({ id, state, version }) => [id, state, version])).toEqual([
      ['cpp', 'ready', '14.2.0'],
      ['python', 'ready', '3.13.5'],
      ['ruby', 'installing', null],
    ])
    const [cpp, python] = languages
    expect(cpp).toMatchObject({ hasCompileStage: true, limits: { compile: { memoryBytes: 512 * 2 ** 20 } } })
    expect(python).toMatchObject({
      hasCompileStage: false,
      limits: { compile: null, run: { wallTimeMs: 5000 } },
    })
  })

  it('has samples that can be sent as they are', async () => {
    const { app, submitted } = await makeApp()
    const [cpp] = languagesAnswer.parse((await app.inject({ url: '/api/v1/languages' })).json())
    const { files, stdin, args } = cpp?.sample ?? {}
    const payload = { language: cpp?.id, files, stdin, args }
    const answer = await app.inject({ method: 'POST', url: '/api/v2/execute', payload })
    expect(answer.statusCode).toBe(200)
    expect(submitted[0]?.request).toMatchObject({ entryPoint: 'main.cpp', args: ['one'] })
  })
})

describe('/openapi.json', () => {
  it('is a valid OpenAPI document', async () => {
    const answer = await get('/openapi.json')
    const validator = new Validator()
    expect(await validator.validate(answer.json())).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('documents every endpoint that clients use, with an answer for every status', async () => {
    const { paths } = (await get('/openapi.json')).json()
    const documented = Object.entries<object>(paths).map(([url, methods]) => [url, Object.keys(methods)])
    expect(Object.fromEntries(documented)).toEqual({
      '/api/v1/execute': ['post'],
      '/api/v1/interactive': ['get'],
      '/api/v2/execute': ['post'],
      '/run': ['post'],
      '/api/v1/languages': ['get'],
      '/health': ['get'],
      '/health/ready': ['get'],
    })
    for (const url of ['/api/v1/execute', '/api/v2/execute', '/run']) {
      const { responses, operationId } = paths[url].post
      expect(Object.keys(responses)).toEqual(['200', '400', '401', '408', '413', '415', '429', '500', '503'])
      expect(operationId).toBeTruthy()
    }
  })

  it('has examples that its schemas accept', () => {
    for (const schema of [executeOneFile, executeFiles, executeAnswer, runRequest, runAnswer]) {
      const examples = z.array(z.unknown()).min(1).parse(schema.meta()?.['examples'])
      for (const example of examples) expect(schema.parse(example)).toEqual(example)
    }
  })
})

describe('/docs', () => {
  it('loads nothing from elsewhere and works under a strict policy', async () => {
    const { app } = await makeApp()
    const page = await app.inject({ url: '/docs' })
    expect(page.statusCode).toBe(200)
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/https?:|unsafe-eval|script-src[^;]*unsafe-inline/)
    const addresses = [...page.body.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? '')
    expect(addresses.length).toBeGreaterThan(3)
    for (const address of addresses) {
      expect(address).toMatch(/^\/docs\//)
      expect((await app.inject({ url: address })).statusCode).toBe(200)
    }
  })
})

describe('/metrics', () => {
  it('is what the registry renders', async () => {
    const answer = await get('/metrics', {
      dependencies: { metrics: createMetrics({ version: '1', role: 'all' }) },
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain('text/plain')
    expect(answer.body).toContain('codeexec_http_requests_total')
  })

  it('is not there without one', async () => {
    expect((await get('/metrics')).statusCode).toBe(404)
  })
})

describe('/ without a built page', () => {
  it('greets with a plain page, also where the folder is empty', async () => {
    const answer = await get('/', { dependencies: { webRoot: '/nonexistent' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).not.toMatch(/<script|https?:\/\//)
  })
})

describe('/ with a built page', () => {
  let webRoot: string
  beforeAll(() => {
    webRoot = mkdtempSync(path.join(tmpdir(), 'web-'))
    mkdirSync(path.join(webRoot, 'assets'))
    writeFileSync(path.join(webRoot, 'index.html'), '<!doctype html><title>page</title>')
    writeFileSync(path.join(webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    writeFileSync(path.join(webRoot, 'assets', 'index-abc123.js'), `console.log("${'x'.repeat(2000)}")`)
  })
  afterAll(() => rmSync(webRoot, { recursive: true }))
  const page = (url: string, headers?: Record<string, string>) =>
    get(url, { dependencies: { webRoot } }, headers)

  it('serves it with a policy that lets an editor work and nothing in from elsewhere', async () => {
    const answer = await page('/')
    expect(answer.body).toContain('<title>page</title>')
    expect(answer.headers['cache-control']).toBe('no-cache')
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toContain("worker-src 'self' blob:")
    expect(policy).not.toMatch(/https?:|unsafe-eval|script-src[^;]*'unsafe-inline'/)
  })

  it('lets browsers keep what has a hash in its name', async () => {
    const answer = await page('/assets/index-abc123.js', { 'accept-encoding': 'br' })
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(answer.headers['content-type']).toMatch(/^(?:text|application)\/javascript/)
    expect(answer.headers['content-encoding']).toBe('br')
    expect((await page('/favicon.svg')).headers['cache-control']).toBe('no-cache')
  })

  it.each(['/assets/nope.js', '/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json'])(
    'has nothing at %s',
    async (url) => {
      const answer = await page(url)
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toMatchObject({ succeeded: false, code: 'NOT_FOUND' })
    },
  )

  it('leaves the api as it is', async () => {
    expect((await page('/health')).statusCode).toBe(200)
    expect((await page('/api/v1/execute')).statusCode).toBe(405)
  })
})
