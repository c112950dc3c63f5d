/**
 * Clients that make the service hold as much as they can: bodies that never end, answers and events that nobody reads,
 * connections without purpose. Memory stays within the budget of docs/operations.md, others are served meanwhile, and
 * afterwards the memory is given back.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Service } from '../hostile/harness/service.js'
import { reasonToSkip, startService } from '../hostile/harness/service.js'
import { askFrom, Held, mebibytes, residentMebibytes, watched } from './support/storm.js'
import type { Watched } from './support/storm.js'

/** CODEEXEC_BODY_BYTES and CODEEXEC_ANSWER_BYTES as they come, and what each byte of them may cost. */
const BODIES_MEBIBYTES = 48
const ANSWERS_MEBIBYTES = 48
const COST = 4
/** For what is not counted: connections, code that is compiled under load, garbage. */
const SLACK_MEBIBYTES = 64

const ATTACKER = '127.0.0.66'
const attackers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `127.0.1.${index + 1}`)
const LARGE = {
  language: 'python',
  code: "print('x' * 12_000_000)",
  limits: { outputBytes: mebibytes(16) },
}

describe.skipIf(reasonToSkip() !== undefined)('the service in a storm', () => {
  let service: Service
  let restMebibytes = 0
  let held: Held[] = []

  beforeAll(async () => {
    // The rate of executions is what makes storms larger, so there is none.
    service = await startService({ CODEEXEC_LANGUAGES: 'python,bash' })
    for (let index = 0; index < 20; index++) await hello()
    await pause(5000)
    restMebibytes = residentMebibytes(service.pid)
  })
  afterAll(async () => {
    await service?.stop()
  })

  /** What another client is answered. */
  async function hello(): Promise<void> {
    const { status, body } = await askFrom('127.0.0.98', service.port, '/api/v1/execute', {
      language: 'bash',
      code: 'echo hello',
    })
    expect([status, body]).toEqual([200, expect.stringContaining('"output":"hello\\n"')])
  }

  /** Until the service has noticed that the clients of the storm before have gone, and has run what they left. */
  async function calm(): Promise<void> {
    const left = ['bodies', 'answers', 'followers', 'sockets'].map(
      (bound) => `codeexec_held{bound="${bound}"}`,
    )
    left.push('codeexec_queue_bytes{queue="jobs"}')
    for (const series of left) await expect.poll(() => metric(series), { timeout: 60_000 }).toBe(0)
    await expect.poll(() => metric('codeexec_held{bound="connections"}'), { timeout: 60_000 }).toBeLessThan(5)
  }

  async function storm(name: string, budgetMebibytes: number, work: () => Promise<void>): Promise<Watched> {
    await calm()
    const seen = await watched(service, async () => {
      await work()
      await hello()
    })
    for (const { socket } of held) socket.destroy()
    held = []
    const { p50, p90, p99 } = seen.health
    const figures = `at rest ${Math.round(restMebibytes)} MiB, peak ${Math.round(seen.peakMebibytes)} MiB`
    process.stdout.write(`storm of ${name}: ${figures}, /health p50 ${p50} p90 ${p90} p99 ${p99} ms\n`)
    expect(seen.peakMebibytes).toBeLessThan(restMebibytes + budgetMebibytes + SLACK_MEBIBYTES)
    // The machine of the tests is shared; half of all answers tell a blocked service from a busy machine.
    expect(p50).toBeLessThan(100)
    return seen
  }

  async function submitted(): Promise<string> {
    const { body } = await askFrom('127.0.0.97', service.port, '/api/v1/submissions', LARGE)
    const { id } = JSON.parse(body) as { id: string }
    for (;;) {
      const { body: record } = await askFrom('127.0.0.97', service.port, `/api/v1/submissions/${id}?wait=30`)
      if (record.includes('"status":"finished"')) return id
    }
  }

  /** How many of the connections were answered with which status; 0 where there is no answer. */
  function statuses(): Record<number, number> {
    const counts: Record<number, number> = {}
    for (const { status } of held) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  const bodyFrom = (address: string): Held =>
    new Held(
      address,
      service.port,
      `POST /api/v1/execute HTTP/1.1\nHost: test\nContent-Type: application/json\nContent-Length: ${mebibytes(10)}\n\n`,
    ).listening()

  // These two hold next to nothing, so they come before those whose garbage stays for a while.
  it('of connections lets each client have so many, and says so to the others', async () => {
    await storm('600 connections', 0, async () => {
      held = Array.from({ length: 600 }, () => new Held(ATTACKER, service.port, '').listening())
      await expect.poll(statuses, { timeout: 20_000 }).toEqual({ 0: 512, 429: 88 })
      // Held for as long as it takes to ask for the health often.
      await pause(3000)
    })
  })

  it('of idle interactive connections lets each client have so many', async () => {
    const sockets: WebSocket[] = []
    await storm('300 idle interactive connections', 0, async () => {
      const codes: string[] = []
      for (let index = 0; index < 300; index++) {
        const socket = new WebSocket(`ws://127.0.0.1:${service.port}/api/v1/interactive`, {
          localAddress: ATTACKER,
        })
        socket.on('error', () => {})
        socket.on('message', (data: Buffer) =>
          codes.push((JSON.parse(data.toString()) as { code: string }).code),
        )
        sockets.push(socket)
      }
      await expect
        .poll(() => codes, { timeout: 20_000 })
        .toEqual(Array.from({ length: 50 }, () => 'TOO_MUCH_AT_ONCE'))
      await pause(3000)
    })
    for (const socket of sockets) socket.terminate()
  })

  it('of one client holds two bodies for it, and refuses the others with the reason', async () => {
    await storm('100 bodies less one byte', COST * BODIES_MEBIBYTES, async () => {
      held = Array.from({ length: 100 }, () => bodyFrom(ATTACKER))
      await Promise.all(held.map((body) => body.send(mebibytes(10) - 1)))
      await expect.poll(statuses, { timeout: 20_000 }).toEqual({ 0: 2, 429: 98 })
      expect(held.find(({ status }) => status === 429)?.received).toMatch(/retry-after: 2.*TOO_MUCH_AT_ONCE/s)
    })
  })

  it('of many clients holds no more bodies than its budget has room for', async () => {
    await storm('40 bodies of 40 clients', COST * BODIES_MEBIBYTES, async () => {
      held = attackers(40).map(bodyFrom)
      await Promise.all(held.map((body) => body.send(mebibytes(10) - 1)))
      await expect.poll(statuses, { timeout: 20_000 }).toEqual({ 0: 4, 503: 36 })
      expect(held.find(({ status }) => status === 503)?.received).toMatch(/retry-after: 2.*OVERLOADED/s)
    })
  })

  it('of followers that never read lets each client have so many, and counts what waits for them', async () => {
    const id = await submitted()
    await storm('150 followers', COST * ANSWERS_MEBIBYTES, async () => {
      const head = `GET /api/v1/submissions/${id}/events HTTP/1.1\nHost: test\n\n`
      held = Array.from({ length: 150 }, () => new Held(ATTACKER, service.port, head).deaf())
      await expect.poll(async () => metric('codeexec_held{bound="followers"}'), { timeout: 20_000 }).toBe(100)
      await expect
        .poll(async () => metric('codeexec_held{bound="answers"}'), { timeout: 20_000 })
        .toBeGreaterThan(12_000_000)
      await pause(5000)
    })
  })

  it('of unread downloads counts what waits, and keeps the others waiting', async () => {
    const id = await submitted()
    await storm('60 unread downloads', COST * ANSWERS_MEBIBYTES, async () => {
      const head = `GET /api/v1/submissions/${id} HTTP/1.1\nHost: test\nAccept-Encoding: br\n\n`
      held = Array.from({ length: 60 }, () => new Held(ATTACKER, service.port, head).deaf())
      await pause(8000)
      expect(await metric('codeexec_held{bound="answers"}')).toBeLessThanOrEqual(mebibytes(ANSWERS_MEBIBYTES))
    })
  })

  it('of downloads that are read serves all of them', async () => {
    const id = await submitted()
    await storm('12 downloads', COST * ANSWERS_MEBIBYTES, async () => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => askFrom(ATTACKER, service.port, `/api/v1/submissions/${id}`)),
      )
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
      const { result } = JSON.parse(answers[7]?.body ?? '') as { result: { output: string } }
      expect(result.output).toBe(`${'x'.repeat(12_000_000)}\n`)
    })
  })

  it('of results that their clients do not read refuses what goes beyond their share', async () => {
    await storm('20 unread results', COST * ANSWERS_MEBIBYTES, async () => {
      const body = JSON.stringify(LARGE)
      const head = `POST /api/v1/execute HTTP/1.1\nHost: test\nContent-Type: application/json\nContent-Length: ${body.length}\n\n`
      held = Array.from({ length: 20 }, () => new Held(ATTACKER, service.port, head + body).deaf())
      await expect
        .poll(async () => metric('codeexec_held_refusals_total{bound="answers",whose="client"}'), {
          timeout: 60_000,
        })
        .toBeGreaterThanOrEqual(10)
    })
  })

  // What an accepted submission holds while it waits is bounded by the queue; here the bodies on their way are.
  it('of large submissions bounds the bodies on their way', async () => {
    const code = `sleep 0.1 #${'x'.repeat(mebibytes(9))}`
    await storm('100 submissions of 9 MiB', COST * BODIES_MEBIBYTES + 256, async () => {
      const asked = Array.from({ length: 100 }, () =>
        askFrom(ATTACKER, service.port, '/api/v1/submissions', { language: 'bash', code }),
      )
      const answers = new Set((await Promise.all(asked)).map(({ status }) => status))
      expect([202, 429, 503]).toEqual(expect.arrayContaining([...answers]))
      expect(answers).toContain(429)
    })
  })

  it('gives its memory back', async () => {
    await expect
      .poll(() => residentMebibytes(service.pid) / restMebibytes, { timeout: 90_000, interval: 1000 })
      .toBeLessThan(1.1)
    process.stdout.write(`after the storms: ${Math.round(residentMebibytes(service.pid))} MiB\n`)
  })

  async function metric(series: string): Promise<number> {
    const { body } = await askFrom('127.0.0.96', service.port, '/metrics')
    return Number(
      body
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.slice(series.length) ?? Number.NaN,
    )
  }
})
