import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { App } from '../dependencies.js'
import { makeApp } from '../test-support.js'

describe('connections that ask for another protocol', () => {
  let app: App
  let port: number

  beforeEach(async () => {
    ;({ app } = await makeApp())
    await app.listen({ host: '127.0.0.1', port: 0 })
    port = (app.server.address() as AddressInfo).port
  })

  afterEach(() => app.close())

  /** Sends bytes and reads until the server closes the connection. */
  async function exchange(...pieces: string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString()
    })
    for (const piece of pieces) socket.write(piece)
    await once(socket, 'close')
    return answer
  }

  it('are served as if they had not when they merely offer HTTP/2', async () => {
    const body = JSON.stringify({ language: 'python', code: 'print(1)' })
    const head = [
      'POST /api/v1/execute HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade, HTTP2-Settings, close',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ].join('\r\n')
    const answer = await exchange(`${head}\r\n\r\n${body.slice(0, 10)}`, body.slice(10))
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toContain('"runTimeStatus":"succeeded"')
  })

  it.each([
    '/api/v1/nothing',
    '/health',
    '/health/',
    '/api/v1/languages',
    '/openapi.json',
    '/',
    '/docs/',
    '/docs/json',
  ])('are refused where there is nothing for them, before any are made: %s', async (path) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
    const [, answer] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number; headers: Record<string, string> },
    ]
    expect(answer.statusCode).toBe(404)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    socket.on('error', () => undefined)
    socket.terminate()
  })

  it('are closed as going to restart when the service ends', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/interactive`)
    await once(socket, 'open')
    const closed = once(socket, 'close')
    await app.close()
    expect((await closed)[0]).toBe(1012)
  })
})
