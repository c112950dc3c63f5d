/** How requests name this service and where they say they come from. Loopback, any free port. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { App } from '../dependencies.js'
import { makeApp } from '../test-support.js'

let app: App | undefined
afterEach(() => app?.close())

async function listen(env: Record<string, string> = {}): Promise<number> {
  ;({ app } = await makeApp({ env }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

async function exchange(port: number, head: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${head}\r\nConnection: close\r\n\r\n`)
  return text(socket)
}

describe('the Host of a request', () => {
  it.each([
    ['is missing', 'GET /health HTTP/1.1\r\nAccept: */*', 'Invalid input: Host is required'],
    ['is given twice', 'GET /health HTTP/1.1\r\nHost: a\r\nhOST: a', 'Invalid input: Host is given twice'],
    ['is a list', 'GET /health HTTP/1.1\r\nHost: a, b', 'Invalid input: Host is not a host name'],
    ['has a path', 'GET /health HTTP/1.1\r\nHost: a/b', 'Invalid input: Host is not a host name'],
    ['has a user', 'GET /health HTTP/1.1\r\nHost: a@b', 'Invalid input: Host is not a host name'],
    ['is empty', 'GET /health HTTP/1.1\r\nHost:', 'Invalid input: Host is not a host name'],
    ['is missing at an unknown address', 'GET /nowhere HTTP/1.1\r\nAccept: */*', 'Host is required'],
  ])('is refused as any other fault when it %s', async (_, head, message) => {
    const answer = await exchange(await listen(), head)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toContain('x-content-type-options: nosniff')
    expect(answer).toContain('content-type: application/json')
    expect(answer).toContain('"code":"INVALID_INPUT"')
    expect(answer).toContain(message)
  })

  it.each([
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1:3000',
    '[::1]:3000',
    'a_b.example.com.',
    'xn--bcher-kva.example',
  ])('may be %s', async (host) => {
    expect(await exchange(await listen(), `GET /health HTTP/1.1\r\nHost: ${host}`)).toMatch(
      /^HTTP\/1\.1 200 /,
    )
  })

  it('need not be there in HTTP/1.0', async () => {
    expect(await exchange(await listen(), 'GET /health HTTP/1.0')).toMatch(/^HTTP\/1\.1 200 /)
  })
})

const NAMES = { CODEEXEC_ALLOWED_HOSTS: 'code.example.com, *.example.org,[::1]' }

describe('a service that has names', () => {
  it.each([
    ['code.example.com', 200],
    ['CODE.example.com:8080', 200],
    ['a.b.example.org', 200],
    ['[::1]:3000', 200],
    ['example.org', 421],
    ['evil.example', 421],
    ['evilexample.org', 421],
    ['127.0.0.1', 421],
  ])('addressed as %s answers %i', async (host, status) => {
    const answer = await exchange(await listen(NAMES), `GET /api/v1/languages HTTP/1.1\r\nHost: ${host}`)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.includes('HOST_NOT_ALLOWED')).toBe(status === 421)
  })

  it('answers health checks by any name, and nothing else', async () => {
    const port = await listen(NAMES)
    const statusOf = async (path: string): Promise<string> =>
      (await exchange(port, `GET ${path} HTTP/1.1\r\nHost: 10.0.0.1`)).slice(9, 12)
    expect(await statusOf('/health')).toBe('200')
    expect(await statusOf('/health/ready')).toBe('200')
    expect(await statusOf('/')).toBe('421')
    expect(await statusOf('/openapi.json')).toBe('421')
    expect(await statusOf('/nowhere')).toBe('421')
  })
})

const ORIGINS = { CODEEXEC_ALLOWED_ORIGINS: 'https://learn.example.com' }

const execute = (headers: Record<string, string>) =>
  app!.inject({ method: 'POST', url: '/api/v1/execute', payload: { language: 'python', code: '' }, headers })
const preflight = (origin: string) =>
  app!.inject({ method: 'OPTIONS', url: '/api/v1/execute', headers: { origin } })

async function handshake(port: number, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/interactive`, { headers })
  socket.on('error', () => {})
  const opened = once(socket, 'open').then(() => 101)
  const refused = once(socket, 'unexpected-response').then(
    ([, answer]) => (answer as { statusCode: number }).statusCode,
  )
  const status = await Promise.race([opened, refused])
  socket.terminate()
  return status
}

describe('a service for pages of some origins', () => {
  it('serves those, its own page and programs, and no other page', async () => {
    await listen(ORIGINS)
    const allowed = await execute({ origin: 'https://learn.example.com' })
    expect([
      allowed.statusCode,
      allowed.headers['access-control-allow-origin'],
      allowed.headers.vary,
    ]).toEqual([200, 'https://learn.example.com', 'Origin'])
    expect((await execute({ host: 'code.example', origin: 'https://code.example' })).statusCode).toBe(200)
    const program = await execute({})
    expect([program.statusCode, program.headers['access-control-allow-origin']]).toEqual([200, undefined])
    for (const origin of [
      'https://evil.example',
      'http://learn.example.com',
      'null',
      'https://learn.example.com.evil.example',
    ]) {
      const refused = await execute({ origin })
      expect([origin, refused.statusCode, refused.json().code]).toEqual([origin, 403, 'ORIGIN_NOT_ALLOWED'])
      expect(refused.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('answers a preflight only of those', async () => {
    await listen(ORIGINS)
    expect((await preflight('https://learn.example.com')).statusCode).toBe(204)
    expect((await preflight('https://evil.example')).statusCode).toBe(403)
  })

  it('makes WebSocket connections only for those', async () => {
    const port = await listen(ORIGINS)
    expect(await handshake(port, { origin: 'https://learn.example.com' })).toBe(101)
    expect(await handshake(port, {})).toBe(101)
    expect(await handshake(port, { origin: 'https://evil.example' })).toBe(403)
  })

  it('is open to all unless it is told otherwise', async () => {
    const port = await listen()
    expect(await handshake(port, { origin: 'https://evil.example' })).toBe(101)
    const answer = await app!.inject({ url: '/health', headers: { origin: 'https://evil.example' } })
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([200, '*'])
  })
})
