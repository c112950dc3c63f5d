/** What one client may hold while others come: slots, sessions, analyses. Clients are addresses of the loopback. */
import { createServer, request } from 'node:http'
import type { ClientRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Service } from '../hostile/harness/service.js'
import { metric } from './support/client.js'
import { converse } from './support/interactive.js'
import type { Conversation } from './support/interactive.js'
import { withEveryService } from './support/split.js'
import { withService } from './support/suite.js'

const HOG = '127.0.0.2'
const GUEST = '127.0.0.3'

interface Answer {
  readonly status: number
  readonly text: string
}

interface Asked {
  readonly answer: Promise<Answer>
  readonly outgoing: ClientRequest
}

/** POSTs from an address of its own. */
function ask({ port }: Pick<Service, 'port'>, localAddress: string, path: string, body: object): Asked {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  const options = { host: '127.0.0.1', port, localAddress, path, method: 'POST', headers, agent: false }
  const outgoing = request(options)
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      )
    })
  })
  outgoing.end(text)
  return { answer, outgoing }
}

const run = (service: Pick<Service, 'port'>, client: string, body: object): Asked =>
  ask(service, client, '/api/v1/execute', body)

const bash = (code: string) => ({ language: 'bash', code, limits: { wallTimeMs: 30_000 } })

/** Goes when its requests are given up, and with it its programs. */
class Hog {
  readonly #asked: Asked[] = []
  answered = 0

  add(asked: Asked): void {
    this.#asked.push(asked)
    void asked.answer.then(
      () => this.answered++,
      () => undefined,
    )
  }

  leave(): void {
    for (const { outgoing } of this.#asked) outgoing.destroy()
  }
}

async function hello(service: Pick<Service, 'port'>, client = GUEST): Promise<void> {
  const { status, text } = await run(service, client, bash('echo hi')).answer
  expect([status, (JSON.parse(text) as { result: { output: string } }).result.output]).toEqual([200, 'hi\n'])
}

async function connect({ port }: Pick<Service, 'port'>, localAddress: string): Promise<Conversation> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/interactive`, { localAddress })
  const conversation = converse(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return conversation
}

/** A session that says `up`; whether that has been heard. */
async function session(service: Pick<Service, 'port'>, client: string): Promise<Conversation> {
  const conversation = await connect(service, client)
  conversation.say({ type: 'start', language: 'bash', code: 'echo up; read -r word; echo "$word"' })
  return conversation
}

const SMALL = { CODEEXEC_SLOTS: '2', CODEEXEC_INTERACTIVE_PER_CLIENT: '4' }

withEveryService('a client that holds what it gets', SMALL, (service) => {
  const figure = (name: string): Promise<number> => metric(service(), name)

  it('by sleeping on all slots does not keep another waiting', { timeout: 60_000 }, async () => {
    const hog = new Hog()
    for (let index = 0; index < 30; index++) hog.add(run(service(), HOG, bash('sleep 25')))
    await expect.poll(() => figure('codeexec_executions_running'), { timeout: 20_000 }).toBeGreaterThan(1)
    // While some of its programs have given their slots back, others have just begun, and some wait.
    for (let round = 0; round < 5; round++) await hello(service())
    expect(hog.answered).toBe(0)
    hog.leave()
    await expect.poll(() => figure('codeexec_executions_running'), { timeout: 20_000 }).toBe(0)
  })

  it('by computing on all slots does not keep another waiting', { timeout: 60_000 }, async () => {
    const hog = new Hog()
    for (let index = 0; index < 6; index++)
      hog.add(
        run(service(), HOG, {
          ...bash('while :; do :; done'),
          limits: { cpuTimeMs: 25_000, wallTimeMs: 30_000 },
        }),
      )
    await expect.poll(() => figure('codeexec_executions_running'), { timeout: 20_000 }).toBeGreaterThan(1)
    await hello(service())
    await hello(service())
    expect(hog.answered).toBe(0)
    hog.leave()
    await expect.poll(() => figure('codeexec_executions_running'), { timeout: 20_000 }).toBe(0)
  })

  it('gets no more sessions than one may have, and a reason', { timeout: 60_000 }, async () => {
    const own = await Promise.all(Array.from({ length: 4 }, () => session(service(), HOG)))
    for (const { said } of own) await said('up')
    const refused = await Promise.all(Array.from({ length: 36 }, () => connect(service(), HOG)))
    for (const { heard, closed } of refused) {
      expect(await heard(({ type }) => type === 'error')).toMatchObject({ code: 'SESSION_QUOTA' })
      expect(await closed).toBe(1013)
    }
    const guest = await session(service(), GUEST)
    await guest.said('up')
    own[0]?.type('bye\n')
    await own[0]?.result()
    const another = await session(service(), HOG)
    await another.said('up')
    for (const { socket } of [...own, another, guest]) socket.terminate()
  })
})

withService('sessions that wait', { ...SMALL, CODEEXEC_INTERACTIVE_SLOTS: '2' }, (service) => {
  it('give their slots to the next client’s', { timeout: 60_000 }, async () => {
    const open: Conversation[] = []
    for (let client = 10; client < 15; client++) {
      const conversation = await session(service(), `127.0.0.${client}`)
      await conversation.said('up')
      open.push(conversation)
    }
    for (const { type } of open) type('word\n')
    for (const { result } of open) expect((await result()).output).toBe('up\nword\n')
  })
})

withService('a service that tells how its slots are used', SMALL, (service) => {
  it('counts programs that wait apart from those that hold a slot', { timeout: 60_000 }, async () => {
    const hog = new Hog()
    for (let index = 0; index < 2; index++) hog.add(run(service(), HOG, bash('sleep 25')))
    const idle = 'codeexec_worker_executions_idle{kind="jobs"}'
    await expect.poll(() => metric(service(), idle), { timeout: 20_000 }).toBe(2)
    expect(await metric(service(), 'codeexec_worker_slots_busy{kind="jobs"}')).toBe(0)
    hog.leave()
    await expect.poll(() => metric(service(), idle), { timeout: 20_000 }).toBe(0)
  })
})

/** Receives callbacks and answers those to this host name only. */
async function receiver(answered: string): Promise<{ port: number; hosts: string[]; close: () => void }> {
  const hosts: string[] = []
  const server = createServer((incoming, response) => {
    const host = incoming.headers.host ?? ''
    hosts.push(host)
    incoming.resume()
    if (host.startsWith(answered)) response.end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, hosts, close }
}

withService('callbacks', { ...SMALL, CODEEXEC_WEBHOOK_ALLOW: '127.0.0.1/32' }, (service) => {
  const submit = async (client: string, callbackUrl: string): Promise<void> => {
    const body = { language: 'bash', code: ':', analyze: false, callbackUrl }
    expect((await ask(service(), client, '/api/v1/submissions', body).answer).status).toBe(202)
  }

  it('to a receiver that never answers do not delay another’s', { timeout: 60_000 }, async () => {
    const { port, hosts, close } = await receiver('localhost')
    try {
      await Promise.all(Array.from({ length: 20 }, () => submit(HOG, `http://127.0.0.1:${port}/`)))
      await expect.poll(() => hosts.length, { timeout: 20_000 }).toBe(8)
      await submit(GUEST, `http://localhost:${port}/`)
      await expect.poll(() => hosts.at(-1), { timeout: 20_000 }).toBe(`localhost:${port}`)
      // None of the others has been given up meanwhile, which is what makes room for the next.
      expect(hosts).toHaveLength(9)
    } finally {
      close()
    }
  })
})

withService('analyses', SMALL, (service) => {
  const analyze = (client: string, code: string): Asked =>
    ask(service(), client, '/api/v1/analyze', { language: 'bash', code })
  const slow = '@('.repeat(255_000)

  it('of one client do not deny another’s', { timeout: 120_000 }, async () => {
    const hog = new Hog()
    const statuses: number[] = []
    const asked = Array.from({ length: 80 }, () => analyze(HOG, slow))
    for (const each of asked) {
      hog.add(each)
      void each.answer.then(({ status }) => statuses.push(status)).catch(() => undefined)
    }
    await expect.poll(() => statuses, { timeout: 60_000 }).toContain(503)
    const before = statuses.filter((status) => status === 200).length
    const { status, text } = await analyze(GUEST, 'eval "$1"').answer
    expect(status).toBe(200)
    expect(text).toContain('"complete"')
    // The one that was being analyzed, and at most one whose turn it was.
    expect(statuses.filter((each) => each === 200).length - before).toBeLessThanOrEqual(3)
    hog.leave()
  })
})
