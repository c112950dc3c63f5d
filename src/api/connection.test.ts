/** What only shows on a real socket: clients that leave, pipeline, dawdle or send no HTTP. Loopback, any free port. */
import net from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { AddressInfo } from 'node:net'
import type { ExecutionResult } from '../contract/execution.js'
import type { App } from './dependencies.js'
import { answerConnectionError } from './plugins/connection-errors.js'
import { executionResult, makeApp } from './test-support.js'
import type { TestApp, TestSettings } from './test-support.js'

let running: App | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})

async function listen(settings: TestSettings): Promise<TestApp & { readonly port: number }> {
  const test = await makeApp(settings)
  running = test.app
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  const address = test.app.server.address() as AddressInfo
  return { ...test, port: address.port }
}

/** A queue whose jobs end when the test says so, or when they are aborted. */
function heldQueue() {
  const arrivals = new EventTarget()
  const jobs: { signal: AbortSignal; finish: () => void; aborted: Promise<unknown> }[] = []
  return {
    jobs,
    /** Resolves once that many jobs have come. */
    async arrived(count: number) {
      while (jobs.length < count) await once(arrivals, 'job')
    },
    submit: (request: { jobId: string }, { signal }: { signal?: AbortSignal }) =>
      new Promise<ExecutionResult>((resolve, reject) => {
        if (signal === undefined) throw new Error('no signal')
        const aborted = once(signal, 'abort')
        aborted.then(() => reject(new Error('aborted')), reject)
        jobs.push({ signal, aborted, finish: () => resolve(executionResult({ jobId: request.jobId })) })
        arrivals.dispatchEvent(new Event('job'))
      }),
  }
}

function rawRequest(body: object, headers = ''): string {
  const json = JSON.stringify(body)
  return (
    `POST /api/v1/execute HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`
  )
}

const HELLO = { language: 'python', code: '' }

describe('a client that goes away', () => {
  it('ends its execution', async () => {
    const queue = heldQueue()
    const { port, log } = await listen({ submit: queue.submit })
    const socket = net.connect(port, '127.0.0.1')
    socket.write(rawRequest(HELLO))
    await queue.arrived(1)
    expect(queue.jobs[0]?.signal.aborted).toBe(false)
    socket.destroy()
    await queue.jobs[0]?.aborted
    await running?.close()
    expect(log()).not.toContain('"level":"error"')
  })

  it('ends every execution it had pipelined, those whose answer was not yet due too', async () => {
    const queue = heldQueue()
    const { port } = await listen({ submit: queue.submit })
    const socket = net.connect(port, '127.0.0.1')
    socket.write(rawRequest(HELLO).repeat(3))
    await queue.arrived(3)
    socket.destroy()
    await Promise.all(queue.jobs.map((job) => job.aborted))
    expect(queue.jobs).toHaveLength(3)
  })

  it('ends its execution also when it only closes its side', async () => {
    const queue = heldQueue()
    const { port } = await listen({ submit: queue.submit })
    const socket = net.connect(port, '127.0.0.1')
    socket.end(rawRequest(HELLO))
    await queue.arrived(1)
    await queue.jobs[0]?.aborted
    expect(queue.jobs[0]?.signal.aborted).toBe(true)
  })

  it('does not end those of other clients', async () => {
    const queue = heldQueue()
    const { port } = await listen({ submit: queue.submit })
    const leaving = net.connect(port, '127.0.0.1')
    leaving.write(rawRequest(HELLO))
    await queue.arrived(1)
    const staying = net.connect(port, '127.0.0.1')
    staying.write(rawRequest(HELLO, 'Connection: close\r\n'))
    await queue.arrived(2)
    leaving.destroy()
    await queue.jobs[0]?.aborted
    expect(queue.jobs[1]?.signal.aborted).toBe(false)
    queue.jobs[1]?.finish()
    expect(await text(staying)).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('a connection that is kept', () => {
  it('serves one execution after the other, and its end aborts none that has been answered', async () => {
    const queue = heldQueue()
    const { port } = await listen({ submit: queue.submit })
    const socket = net.connect(port, '127.0.0.1')
    for (const index of [0, 1, 2]) {
      socket.write(rawRequest(HELLO))
      await queue.arrived(index + 1)
      queue.jobs[index]?.finish()
      const [answer] = await once(socket, 'data')
      expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
    }
    socket.destroy()
    await running?.close()
    expect(queue.jobs.map((job) => job.signal.aborted)).toEqual([false, false, false])
  })

  it('has as many listeners after a hundred requests as after one', async () => {
    const { port, app } = await listen({})
    const [[served], socket] = await Promise.all([
      once(app.server, 'connection'),
      Promise.resolve(net.connect(port, '127.0.0.1')),
    ])
    const counts: number[] = []
    for (let index = 0; index < 100; index++) {
      socket.write(rawRequest(HELLO))
      await once(socket, 'data')
      counts.push((served as net.Socket).listenerCount('close'))
    }
    socket.destroy()
    expect(counts.at(-1)).toBe(counts[0])
  })
})

async function exchange(port: number, message: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.write(message)
  return text(socket)
}

describe('answers to what is no request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'INVALID_INPUT'],
    [
      'headers that are too large',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    [
      'two lengths',
      'POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'INVALID_INPUT',
    ],
    [
      'a length and chunks, as in request smuggling',
      'POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'INVALID_INPUT',
    ],
  ])('have the shape of every error: %s', async (_, message, status, code) => {
    const { port } = await listen({})
    const [head = '', body = ''] = (await exchange(port, message)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(head).toContain('access-control-allow-origin: *')
    expect(head).toContain('x-content-type-options: nosniff')
    expect(JSON.parse(body)).toMatchObject({ succeeded: false, code })
  })

  it('say so when a request took too long to arrive', async () => {
    const answering = net.createServer((socket) => {
      answerConnectionError(Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket)
    })
    answering.listen(0, '127.0.0.1')
    await once(answering, 'listening')
    const { port } = answering.address() as AddressInfo
    expect(await exchange(port, 'GET / HT')).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n.*REQUEST_TIMEOUT/s)
    answering.close()
  })
})

function requestHead(framing: string, type = 'application/json'): string {
  return `POST /run HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${framing}\r\n\r\n`
}

describe('a body that is refused', () => {
  const chunk = `2000\r\n${'x'.repeat(0x2000)}\r\n`

  it.each([
    ['by its announced length', requestHead('Content-Length: 1000000'), 413],
    ['by what came of it', requestHead('Transfer-Encoding: chunked') + chunk, 413],
    ['by its type', requestHead('Content-Length: 1000000', 'text/plain'), 415],
  ])('%s is answered before it has been sent', async (_, start, status) => {
    const { port } = await listen({ env: { CODEEXEC_BODY_LIMIT: '4KiB' } })
    const socket = net.connect(port, '127.0.0.1')
    socket.write(start)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    socket.destroy()
  })

  it('may be sent to its end, as clients do that read only then, and another request may follow', async () => {
    const { port } = await listen({ env: { CODEEXEC_BODY_LIMIT: '4KiB' } })
    const socket = net.connect(port, '127.0.0.1')
    const megabyte = 'x'.repeat(1_000_000)
    const large = `${requestHead('Content-Length: 20000000')}${megabyte.repeat(20)}`
    const next = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    socket.write(large + next)
    const answers = await text(socket)
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
  })

  it('is read to its end where the client wants the connection closed, so that it sees the answer', async () => {
    const { port } = await listen({ env: { CODEEXEC_BODY_LIMIT: '4KiB' } })
    const socket = net.connect(port, '127.0.0.1')
    socket.write(`${requestHead('Content-Length: 20000000\r\nConnection: close')}${'x'.repeat(20_000_000)}`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 .*PAYLOAD_TOO_LARGE/s)
  })
})

describe('slow clients', () => {
  it('are cut off after bounded times, and running executions are not', async () => {
    const { app } = await listen({})
    expect(app.server.headersTimeout).toBe(15_000)
    expect(app.server.requestTimeout).toBe(120_000)
    expect(app.server.keepAliveTimeout).toBe(72_000)
    expect(app.server.timeout).toBe(0)
  })
})
