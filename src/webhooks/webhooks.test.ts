import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resultOf, submissionOf } from '../store/conformance.js'
import { openTestStore } from '../store/test-support.js'
import type { TestStore } from '../store/test-support.js'
import { newSubmissionId } from '../submissions/submission-id.js'
import type { Webhooks, WebhooksOptions } from './webhooks.js'
import { createWebhooks } from './webhooks.js'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

interface Received {
  readonly url: string | undefined
  readonly host: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let test: TestStore
let server: Server
let port: number
let nowMs: number
let received: Received[]
let answer: (request: IncomingMessage, response: ServerResponse) => void
/** What the name server says, one answer after another; the last stands. */
let names: Map<string, string[][]>
let lookups: string[]

beforeEach(async () => {
  test = await openTestStore()
  nowMs = 1_000_000
  received = []
  lookups = []
  names = new Map([['hook.test', [['127.0.0.1']]]])
  answer = (_, response) => response.end('thank you')
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      received.push({ url: request.url, host: request.headers.host, headers: request.headers, body })
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  await test.dispose()
})

function webhooks(own: Partial<WebhooksOptions> = {}): Webhooks {
  return createWebhooks({
    store: test.store,
    render: (id, { status }) => ({ id, status, text: 'ü' }),
    clock: () => nowMs,
    secret: SECRET,
    allowedNetworks: ['127.0.0.1/32'],
    resolve: (hostname) => {
      lookups.push(hostname)
      const answers = names.get(hostname) ?? []
      const addresses = answers.length > 1 ? answers.shift() : answers[0]
      return addresses === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(addresses)
    },
    ...own,
  })
}

/** Without the operator's leave to send to this machine. */
const refusing = (): Webhooks => webhooks({ allowedNetworks: [] })

/** A submission that has ended and whose callback is due. */
async function endedWith(callbackUrl: string): Promise<string> {
  const { jobId, key } = newSubmissionId()
  await test.store.addSubmissions([submissionOf({ jobId, key, callbackUrl })], 'client')
  await test.store.finishSubmission(jobId, {
    status: 'finished',
    finishedAtMs: nowMs,
    result: resultOf(jobId),
    analysis: null,
  })
  return jobId
}
const hook = (path = '/hook', host = 'hook.test'): string => `http://${host}:${port}${path}`
const stateOf = async (jobId: string) => (await test.store.getSubmission(jobId))?.callback

describe('a callback', () => {
  it('is one POST of the record, signed', async () => {
    const jobId = await endedWith(hook())
    await webhooks().deliverDue()
    expect(received).toHaveLength(1)
    const [{ headers, body, host, url } = {} as Received] = received
    expect([url, host]).toEqual(['/hook', `hook.test:${port}`])
    expect(JSON.parse(body)).toMatchObject({ status: 'finished', text: 'ü' })
    expect(headers['content-type']).toBe('application/json')
    const id = String(headers['webhook-id'])
    expect(JSON.parse(body)).toMatchObject({ id })
    expect(headers['webhook-timestamp']).toBe('1000')
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
    const expected = createHmac('sha256', key).update(`${id}.1000.${body}`).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${expected}`)
    expect(await stateOf(jobId)).toEqual({ outcome: 'delivered', attempts: 1 })
    await webhooks().deliverDue()
    expect(received).toHaveLength(1)
  })

  it('is signed with a secret that is made once and kept, where none is given', async () => {
    await endedWith(hook('/1'))
    await webhooks({ secret: undefined }).deliverDue()
    const secret = await test.store.settingOr('webhook-secret', 'none')
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const [{ headers, body } = {} as Received] = received
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signed = createHmac('sha256', key)
      .update(`${String(headers['webhook-id'])}.1000.${body}`)
      .digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${signed}`)
  })

  it('that fails comes again, later and later, with the same id, and is given up in the end', async () => {
    answer = (_, response) => response.writeHead(500).end()
    const jobId = await endedWith(hook())
    const waits: number[] = []
    for (let lastMs = nowMs; received.length < 7; nowMs += 1000) {
      const before = received.length
      await webhooks().deliverDue()
      if (received.length > before) {
        waits.push((nowMs - lastMs) / 1000)
        lastMs = nowMs
        // Days would pass; the clock need not tick through all of them.
        nowMs += Math.max(0, (waits.length >= 4 ? ([590, 3590, 10_790][waits.length - 4] ?? 0) : 0) * 1000)
      }
    }
    expect(waits).toEqual([0, 5, 30, 120, 600, 3600, 10_800])
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(await stateOf(jobId)).toEqual({ outcome: 'failed', attempts: 7 })
    nowMs += 1e9
    await webhooks().deliverDue()
    expect(received).toHaveLength(7)
  })

  it('comes again after a restart, at its time', async () => {
    answer = (_, response) => response.writeHead(503).end()
    const jobId = await endedWith(hook())
    await webhooks().deliverDue()
    answer = (_, response) => response.writeHead(204).end()
    const restarted = webhooks()
    await restarted.deliverDue()
    expect(received).toHaveLength(1)
    nowMs += 5000
    await restarted.deliverDue()
    expect(await stateOf(jobId)).toEqual({ outcome: 'delivered', attempts: 2 })
  })

  it('is delivered soon after it became due, once started', async () => {
    const deliverer = webhooks()
    deliverer.start()
    const delivered = new Promise<void>((resolve) => {
      answer = (_, response) => {
        response.end()
        resolve()
      }
    })
    await endedWith(hook())
    deliverer.nudge()
    await delivered
    await deliverer.stop()
    expect(received).toHaveLength(1)
  })
})

describe('the guard', () => {
  it('connects to the address it has checked, and asks for none again', async () => {
    // A second question would be answered with another address, where nothing listens.
    names.set('hook.test', [['127.0.0.1'], ['127.9.9.9']])
    const jobId = await endedWith(hook())
    await webhooks().deliverDue()
    expect(lookups).toEqual(['hook.test'])
    expect(await stateOf(jobId)).toEqual({ outcome: 'delivered', attempts: 1 })
  })

  it('refuses a name that was public when it was accepted and is private now', async () => {
    names.set('hook.test', [['8.8.8.8'], ['127.0.0.1']])
    const deliverer = refusing()
    expect(await deliverer.callbackProblem(hook())).toBeUndefined()
    const jobId = await endedWith(hook())
    await deliverer.deliverDue()
    expect(received).toEqual([])
    expect(await stateOf(jobId)).toEqual({ outcome: 'failed', attempts: 1 })
  })

  it('refuses a name of which one address is private', async () => {
    names.set('hook.test', [['127.0.0.1', '127.0.0.2']])
    await endedWith(hook())
    await webhooks().deliverDue()
    expect(received).toEqual([])
  })

  it.each([307, 308])('checks the target of a redirect %i', async (status) => {
    names.set('inside.test', [['10.0.0.1']])
    answer = (_, response) => response.writeHead(status, { location: 'http://inside.test/' }).end()
    const jobId = await endedWith(hook())
    await webhooks().deliverDue()
    expect(lookups).toEqual(['hook.test', 'inside.test'])
    expect(await stateOf(jobId)).toEqual({ outcome: 'failed', attempts: 1 })
  })

  it('follows a redirect that keeps method and body, with all of them', async () => {
    answer = (request, response) => {
      if (request.url === '/hook') response.writeHead(308, { location: '/moved' })
      response.end()
    }
    const jobId = await endedWith(hook())
    await webhooks().deliverDue()
    expect(received.map(({ url }) => url)).toEqual(['/hook', '/moved'])
    expect(received[1]?.body).toBe(received[0]?.body)
    expect(await stateOf(jobId)).toMatchObject({ outcome: 'delivered' })
  })

  it.each([301, 302, 303])('does not follow a redirect %i, which would lose the body', async (status) => {
    answer = (_, response) => response.writeHead(status, { location: '/moved' }).end()
    const jobId = await endedWith(hook())
    await webhooks().deliverDue()
    expect(received).toHaveLength(1)
    expect(await stateOf(jobId)).toMatchObject({ outcome: 'waiting' })
  })

  it('does not follow redirects for ever', async () => {
    answer = (_, response) => response.writeHead(307, { location: '/again' }).end()
    await endedWith(hook())
    await webhooks().deliverDue()
    expect(received).toHaveLength(4)
  })

  it.each([
    'ftp://hook.test/',
    'file:///etc/passwd',
    'no url',
    'http://user:secret@hook.test/',
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fe80::1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://private.test/',
  ])('refuses %s', async (url) => {
    names.set('private.test', [['192.168.1.1']])
    expect(await refusing().callbackProblem(url)).toEqual(expect.any(String))
    const jobId = await endedWith(url)
    await refusing().deliverDue()
    expect(received).toEqual([])
    expect(await stateOf(jobId)).toMatchObject({ outcome: 'failed' })
  })

  it('lets a name pass that cannot be resolved yet', async () => {
    expect(await refusing().callbackProblem('https://later.test/')).toBeUndefined()
    const jobId = await endedWith('https://later.test/')
    await refusing().deliverDue()
    expect(await stateOf(jobId)).toMatchObject({ outcome: 'waiting' })
  })
})
