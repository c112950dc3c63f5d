/**
 * An engine that dies under load: every answer is true or a clear 503, and the service recovers by itself.
 * `node scripts/test-docker.mjs` runs this with the images of its private engine.
 */
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PrivateEngine } from '../../scripts/docker/engine.mjs'
import { startService } from '../hostile/harness/service.js'
import type { Answer, Service } from '../hostile/harness/service.js'
import { metric } from './support/client.js'

const DATA = process.env['CODEEXEC_TEST_DOCKER_DATA']
const CLIENTS = 4
const RECOVERY_MS = 60_000
const CODE = { language: 'bash', code: 'echo true answer' }

interface Seen {
  readonly answers: Answer[]
  stop(): Promise<void>
}

/** Clients that ask one thing after the other until they are stopped. */
function keepAsking(service: Service): Seen {
  const answers: Answer[] = []
  const asking = new AbortController()
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!asking.signal.aborted) {
      const answer = await service.post('/api/v1/execute', CODE)
      answers.push(answer)
      // A client that was told to come back later does so a little later.
      if (answer.status !== 200) await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })
  return {
    answers,
    stop: async () => {
      asking.abort()
      await Promise.all(clients)
    },
  }
}

function isTrue({ status, body }: Answer): boolean {
  if (status !== 200) return false
  const { result } = JSON.parse(body) as { result: { output: string; runTimeStatus: string } }
  return result.output === 'true answer\n' && result.runTimeStatus === 'succeeded'
}

function isClearRefusal({ status, body }: Answer): boolean {
  return status === 503 && body.includes('SANDBOX_UNAVAILABLE')
}

async function untilTrue(service: Service): Promise<void> {
  const deadline = Date.now() + RECOVERY_MS
  for (;;) {
    const answer = await service.post('/api/v1/execute', CODE)
    if (isTrue(answer)) return
    if (Date.now() > deadline) throw new Error(`not recovered: ${answer.status} ${answer.body}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function untilCount(seen: Seen, matches: (answer: Answer) => boolean, count: number): Promise<void> {
  const deadline = Date.now() + RECOVERY_MS
  while (seen.answers.filter(matches).length < count) {
    if (Date.now() > deadline) throw new Error(`after ${seen.answers.length} answers`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const unfit = DATA === undefined ? 'CODEEXEC_TEST_DOCKER_DATA names no engine’s data' : undefined

describe.skipIf(unfit)(
  `a Docker Engine that goes away${unfit ? ` (${unfit})` : ''}`,
  { timeout: 240_000 },
  () => {
    let engine: PrivateEngine
    let service: Service

    /** Of our containers, those in this state, or all. */
    async function names(state?: string): Promise<readonly string[]> {
      const docker = new Docker({ socketPath: engine.socket })
      const all = await docker.listContainers({ all: true, filters: { label: ['io.codeexec.role'] } })
      return all
        .filter(({ State }) => state === undefined || State === state)
        .map(({ Names, Id }) => Names[0] ?? Id)
    }

    beforeAll(async () => {
      engine = new PrivateEngine(DATA)
      await engine.start()
      service = await startService({ DOCKER_HOST: engine.host })
    }, 120_000)

    afterAll(async () => {
      await service?.stop()
      await engine?.dispose()
    }, 120_000)

    it('tells how many containers wait, and how often one did', async () => {
      await untilTrue(service)
      const figure = (name: string, labels: string): Promise<number> =>
        metric(service, `${name}{language="bash",kind="container"${labels}}`)
      const requests = (result: string): Promise<number> =>
        figure('codeexec_warm_requests_total', `,result="${result}"`)
      // Until the service's own trial runs of the images are over.
      await expect
        .poll(
          async () => {
            await expect.poll(() => figure('codeexec_warm_ready', '')).toBeGreaterThan(0)
            const before = { hits: await requests('hit'), misses: await requests('miss') }
            await untilTrue(service)
            return {
              hits: (await requests('hit')) - before.hits,
              misses: (await requests('miss')) - before.misses,
            }
          },
          { timeout: 30_000 },
        )
        .toEqual({ hits: 1, misses: 0 })
    })

    for (const [how, signal] of [
      ['is stopped', 'SIGTERM'],
      ['is killed', 'SIGKILL'],
    ] as const) {
      it(`that ${how} under load: true answers and clear refusals only, and true ones again`, async () => {
        const seen = keepAsking(service)
        try {
          await untilCount(seen, isTrue, 8)
          await engine.stop(signal)
          await untilCount(seen, isClearRefusal, 4)
          await expect
            .poll(async () => (await service.get('/health/ready')).status, { timeout: 30_000 })
            .toBe(503)
          await engine.start()
          await untilTrue(service)
        } finally {
          await seen.stop()
        }
        const others = seen.answers.filter((answer) => !isTrue(answer) && !isClearRefusal(answer))
        expect(others).toEqual([])
        await expect
          .poll(async () => (await service.get('/health/ready')).status, { timeout: 30_000 })
          .toBe(200)
        // Nor are there any that could not be started or removed while the engine was away.
        for (const state of ['created', 'exited'])
          await expect.poll(() => names(state), { timeout: 30_000 }).toEqual([])
      })
    }

    it('a service that is killed leaves nothing running, and the next one removes the rest', async () => {
      const endless = service
        .post('/api/v1/execute', { language: 'bash', code: 'sleep 1000' })
        .catch(() => 'lost')
      await expect
        .poll(async () => (await names('running')).some((name) => name.includes('-run-')))
        .toBe(true)
      await service.crash()
      expect(await endless).toBe('lost')
      await expect.poll(() => names('running'), { timeout: 30_000 }).toEqual([])
      const left = await names()
      expect(left.length).toBeGreaterThan(0)
      service = await startService({ DOCKER_HOST: engine.host })
      await untilTrue(service)
      const now = await names()
      expect(left.filter((name) => now.includes(name))).toEqual([])
    })

    it('leaves no container behind when the service stops', async () => {
      expect(await service.stop()).toBe(0)
      expect(await names()).toEqual([])
    })
  },
)
