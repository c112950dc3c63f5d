import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorAnswer } from '../../contract/wire/error.js'
import { makeApp } from '../test-support.js'
import { apiKeyVerifier, createApiKey, parseApiKeys } from './api-keys.js'
import type { Authentication } from './identity.js'
import { tokenVerifier } from './json-web-tokens.js'

const RUN = { language: 'python', code: 'print(1)' }

async function appWith(authentication: Authentication, env: Record<string, string> = {}) {
  const made = await makeApp({ env, dependencies: { authentication } })
  const run = (headers: Record<string, string> = {}) =>
    made.app.inject({ method: 'POST', url: '/run', payload: RUN, headers })
  return { ...made, run }
}

describe('the file of API keys', () => {
  it('is read with comments, empty lines and rates', () => {
    const { key, line } = createApiKey('school', '1000/1m')
    const identities = parseApiKeys(`# keys\n\n${line}  # the school's\n`)
    expect([...identities.values()]).toEqual([
      { id: 'key:school', keyName: 'school', rate: { requests: 1000, windowMs: 60_000 } },
    ])
    expect(line).not.toContain(key)
  })

  it.each([
    ['school cx_plain', 'line 1 is not a name'],
    [`a b sha256:${'0'.repeat(64)}`, 'line 1 is not a name'],
    [`a sha256:${'0'.repeat(64)} often`, 'the rate of line 1 must be'],
    [`a sha256:${'0'.repeat(64)}\nb sha256:${'0'.repeat(64)}`, 'line 2 repeats a key'],
  ])('is refused with the line that is wrong: %s', (text, reason) => {
    expect(() => parseApiKeys(text)).toThrow(reason)
  })
})

describe('a service that requires API keys', () => {
  const school = createApiKey('school', '2/1h')
  const lab = createApiKey('lab')
  const apiKeys = apiKeyVerifier(parseApiKeys(`${school.line}\n${lab.line}\n`))

  it('runs programs for those who have one, sent either way', async () => {
    const { run, log } = await appWith({ mode: 'required', apiKeys })
    expect((await run({ authorization: `Bearer ${lab.key}` })).statusCode).toBe(200)
    expect((await run({ 'x-api-key': lab.key })).statusCode).toBe(200)
    await expect.poll(log).toContain('"apiKey":"lab"')
    expect(log()).not.toContain(lab.key)
  })

  it('refuses all others, and says how to ask', async () => {
    const { run, submitted } = await appWith({ mode: 'required', apiKeys })
    for (const headers of [
      {},
      { 'x-api-key': 'cx_wrong' },
      { authorization: 'Basic eDp5' },
      { 'x-api-key': 'x' },
    ]) {
      const answer = await run(headers)
      expect(answer.statusCode).toBe(401)
      expect(answer.headers['www-authenticate']).toContain('Bearer')
      expect(answer.json<ErrorAnswer>()).toMatchObject({ succeeded: false, code: 'UNAUTHORIZED' })
    }
    expect(submitted).toEqual([])
  })

  it('leaves open what watches over it, and its pages', async () => {
    const { app } = await appWith({ mode: 'required', apiKeys })
    for (const url of ['/health', '/health/ready', '/api/v1/languages', '/', '/openapi.json', '/docs']) {
      expect([url, (await app.inject({ url })).statusCode < 400]).toEqual([url, true])
    }
    expect((await app.inject({ url: '/nothing' })).statusCode).toBe(404)
    const preflight = await app.inject({ method: 'OPTIONS', url: '/api/v1/execute' })
    expect(preflight.statusCode).toBe(204)
  })

  it('limits each key by its own rate, and everyone else by that of the service', async () => {
    const { run } = await appWith({ mode: 'required', apiKeys }, { CODEEXEC_RATE_LIMIT: '3/1h' })
    const statuses = async (key: string, count: number): Promise<number[]> => {
      const found: number[] = []
      for (let index = 0; index < count; index++) found.push((await run({ 'x-api-key': key })).statusCode)
      return found
    }
    expect(await statuses(school.key, 3)).toEqual([200, 200, 429])
    expect(await statuses(lab.key, 4)).toEqual([200, 200, 200, 429])
  })

  it('gives each key turns of its own in the queue', async () => {
    const { run, submitted } = await appWith({ mode: 'optional', apiKeys })
    await run({ 'x-api-key': school.key })
    await run({ 'x-api-key': lab.key })
    await run()
    expect(new Set(submitted.map(({ options }) => options.clientKey)).size).toBe(3)
  })
})

describe('a service where keys are optional', () => {
  it('lets anonymous clients in, and nobody with a wrong key', async () => {
    const { run } = await appWith({ mode: 'optional', apiKeys: apiKeyVerifier(new Map()) })
    expect((await run()).statusCode).toBe(200)
    expect((await run({ 'x-api-key': 'cx_wrong' })).statusCode).toBe(401)
  })
})

describe('a service that takes tokens', () => {
  const rules = {
    issuer: 'https://id.example',
    audience: 'codeexec',
    rate: { requests: 2, windowMs: 60_000 },
  }
  let provider: Server
  let jwksUrl = ''
  let sign: (claims: { iss?: string; aud?: string; sub?: string; exp?: string }) => Promise<string>

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }
    provider = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`
    sign = ({ iss = rules.issuer, aud = rules.audience, sub = 'somebody', exp = '5m' }) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(iss)
        .setAudience(aud)
        .setSubject(sub)
        .setExpirationTime(exp)
        .sign(privateKey)
  })

  afterAll(() => new Promise((resolve) => provider.close(resolve)))

  const withToken = async (token: string) => {
    const { run, log } = await appWith({ mode: 'required', tokens: tokenVerifier({ ...rules, jwksUrl }) })
    const answer = await run({ authorization: `Bearer ${token}` })
    return { status: answer.statusCode, message: answer.json<ErrorAnswer>().errorMessage, log: log() }
  }

  it('runs programs for whoever the provider vouches for', async () => {
    const { status, log } = await withToken(await sign({}))
    expect(status).toBe(200)
    expect(log).not.toContain('somebody')
  })

  it('refuses tokens that are old, of somebody else, for somebody else, or no tokens', async () => {
    expect(await withToken(await sign({ exp: '-5m' }))).toMatchObject({
      status: 401,
      message: expect.stringMatching(/expired/),
    })
    expect(await withToken(await sign({ iss: 'https://evil.example' }))).toMatchObject({
      status: 401,
      message: expect.stringMatching(/iss/),
    })
    expect(await withToken(await sign({ aud: 'other' }))).toMatchObject({
      status: 401,
      message: expect.stringMatching(/aud/),
    })
    expect(await withToken('a.b.c')).toMatchObject({ status: 401 })
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ iss: rules.issuer, sub: 'x' }))}.`
    expect(await withToken(unsigned)).toMatchObject({ status: 401 })
    const other = await generateKeyPair('ES256')
    const forged = new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(rules.issuer)
      .setAudience(rules.audience)
      .setSubject('x')
      .setExpirationTime('5m')
    expect(await withToken(await forged.sign(other.privateKey))).toMatchObject({ status: 401 })
  })

  it('limits each subject', async () => {
    const { run } = await appWith({ mode: 'required', tokens: tokenVerifier({ ...rules, jwksUrl }) })
    const one = await sign({ sub: 'one' })
    const statuses = []
    for (const token of [one, one, one, await sign({ sub: 'two' })]) {
      statuses.push((await run({ authorization: `Bearer ${token}` })).statusCode)
    }
    expect(statuses).toEqual([200, 200, 429, 200])
  })

  it('says that the provider is away, and that trying again may help', async () => {
    const away = tokenVerifier({ ...rules, jwksUrl: 'http://127.0.0.1:9/jwks' })
    const { run } = await appWith({ mode: 'required', tokens: away })
    const answer = await run({ authorization: `Bearer ${await sign({})}` })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.json()).toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' })
  })
})
