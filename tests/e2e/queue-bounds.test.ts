/** What waits is bounded in bytes and places, in memory and in Redis: refused in true words, and never lost. */
import { request } from 'node:http'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { hasRedis, startRedis } from '../../scripts/redis.mjs'
import { startService } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import { codeexec } from './support/cli.js'
import { ask, execute, metric, post } from './support/client.js'
import type { Answer, ErrorBody } from './support/client.js'
import { describeSplit, startSplit } from './support/split.js'
import { residentMebibytes } from './support/storm.js'
import { ended } from './support/submissions.js'
import { describeWhereItCanRun } from './support/suite.js'

const PATIENCE = { timeout: 60_000, interval: 100 }
const MIB = 2 ** 20
/** Hundreds of megabytes of JSON take a busy machine a while. */
const STORM_TIMEOUT_MS = 400_000
const HELLO = { language: 'bash', code: 'echo hello' }
const REFUSED = 'codeexec_queue_refusals_total{queue="jobs",reason="client-bytes"}'

function sleeper(seconds: number, mebibytes = 0): object {
  const padding = `# ${'x'.repeat(Math.floor(mebibytes * MIB))}`
  const code = `import time\ntime.sleep(${seconds})\nprint("slept")\n${padding}`
  return { language: 'python', code, limits: { wallTimeMs: 30_000 } }
}

/** Asks from another address, as another client would. */
function fromElsewhere(service: Service, body: object): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: service.port,
        localAddress: '127.0.0.2',
        method: 'POST',
        path: '/api/v1/execute',
        headers: { 'content-type': 'application/json' },
        agent: false,
      },
      (answer) => {
        let text = ''
        answer.on('data', (chunk) => (text += String(chunk)))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(body))
  })
}

interface Storm {
  readonly accepted: readonly string[]
  readonly refused: readonly Answer<ErrorBody>[]
}

/** Submits until so many are refused, however slow the machine. Two at a time: one client may have two large bodies under way. */
async function storm(service: Service, refusals: number, body: object): Promise<Storm> {
  const accepted: string[] = []
  const refused: Answer<ErrorBody>[] = []
  const send = async (): Promise<void> => {
    while (refused.length < refusals) {
      const answer = await post<ErrorBody & { id: string }>(service, '/api/v1/submissions', body)
      if (answer.status === 202) accepted.push(answer.body.id)
      else refused.push(answer)
    }
  }
  await Promise.all([send(), send()])
  return { accepted, refused }
}

async function withService(
  environment: Readonly<Record<string, string>>,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const service = await startService({ CODEEXEC_SLOTS: '1', ...environment })
  try {
    await use(service)
  } finally {
    await service.stop()
  }
}

describeWhereItCanRun('a queue in memory', () => {
  it(
    'holds so many bytes of one client and not more, and serves another',
    () =>
      withService({ CODEEXEC_QUEUE_BYTES: '64MiB' }, async (service) => {
        await execute(service, HELLO)
        const before = residentMebibytes(service.pid)
        const { accepted, refused } = await storm(service, 30, sleeper(20, 9.4))
        expect(accepted.length).toBeGreaterThanOrEqual(6)
        for (const { status, headers, body } of refused) {
          expect({ status, code: body.code }).toEqual({ status: 503, code: 'QUEUE_FULL' })
          expect(body.errorMessage).toContain('Your waiting programs take too much memory')
          expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
        }
        // Of the service alone, for the programs have limits of their own. Each that it holds is 11 MiB; 36 would be 396 MiB.
        expect(residentMebibytes(service.pid) - before).toBeLessThan(350)
        expect(await fromElsewhere(service, HELLO)).toMatchObject({ status: 200 })
        expect(await metric(service, 'codeexec_queue_bytes_max{queue="jobs"}')).toBe(64 * MIB)
        expect(await metric(service, REFUSED)).toBe(refused.length)
        for (const id of accepted)
          expect(await ended(service, id)).toMatchObject({
            status: 'finished',
            result: { output: 'slept\n' },
          })
        await expect.poll(() => metric(service, 'codeexec_queue_bytes{queue="jobs"}'), PATIENCE).toBe(0)
      }),
    STORM_TIMEOUT_MS,
  )

  it('says for each entry of a batch whether there is room for it', () =>
    withService({ CODEEXEC_QUEUE_BYTES: '1MiB' }, async (service) => {
      const submissions = Array.from({ length: 20 }, () => sleeper(0.2, 0.1))
      const { body } = await post<{ submissions: { id?: string; code?: string }[] }>(
        service,
        '/api/v1/submissions/batch',
        { submissions },
      )
      const accepted = body.submissions.flatMap(({ id }) => id ?? [])
      expect(accepted.length).toBeGreaterThanOrEqual(7)
      expect(body.submissions.filter(({ id }) => id === undefined).map(({ code }) => code)).toEqual(
        Array.from({ length: 20 - accepted.length }, () => 'QUEUE_FULL'),
      )
      for (const id of accepted) expect(await ended(service, id)).toMatchObject({ status: 'finished' })
    }))

  it('does not multiply input that all tests share', () =>
    withService({ CODEEXEC_QUEUE_BYTES: '12MiB' }, async (service) => {
      const body = {
        language: 'python',
        code: 'print(len(input()))',
        stdin: 'x'.repeat(3 * MIB),
        tests: Array.from({ length: 20 }, () => ({ expectedOutput: String(3 * MIB) })),
        stopOnFailure: true,
      }
      const { status, body: answer } = await post<{ id: string }>(service, '/api/v1/submissions', body)
      expect(status).toBe(202)
      const { result } = await ended(service, answer.id)
      expect(result?.tests?.map(({ verdict }) => verdict)).toEqual(
        Array.from({ length: 20 }, () => 'accepted'),
      )
    }))

  it('tells how full each queue is, so that the alert fires when it is', () =>
    // Sleepers keep their slot, so that nobody leaves the queue while it is looked at.
    withService({ CODEEXEC_QUEUE_CAPACITY: '10', CODEEXEC_IDLE_PROGRAMS: '0' }, async (service) => {
      const { accepted, refused } = await storm(service, 30, sleeper(20))
      expect(refused.map(({ body }) => body.code)).toEqual(refused.map(() => 'QUEUE_FULL'))
      const depth = await metric(service, 'codeexec_queue_depth{queue="jobs"}')
      const capacity = await metric(service, 'codeexec_queue_capacity{queue="jobs"}')
      expect(capacity).toBe(10)
      expect(depth / capacity).toBeGreaterThan(0.8)
      expect(await metric(service, 'codeexec_queue_depth{queue="sessions"}')).toBe(0)
      expect(await fromElsewhere(service, HELLO)).toMatchObject({ status: 200 })
      await Promise.all(accepted.map((id) => ask(service, `/api/v1/submissions/${id}`, { method: 'DELETE' })))
    }))
})

describeSplit('a queue in a small Redis', () => {
  it(
    'is full, never out of reach, serves another client and gives its memory back',
    { timeout: STORM_TIMEOUT_MS },
    async () => {
      const redis = ['--maxmemory', '32mb', '--maxmemory-policy', 'noeviction']
      const split = await startSplit({ CODEEXEC_SLOTS: '1' }, { workers: 1, redis })
      try {
        const [api] = split.apis
        if (api === undefined) throw new Error('there is no api')
        const { accepted, refused } = await storm(api, 16, sleeper(20, 1))
        expect(accepted.length).toBeGreaterThanOrEqual(6)
        expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['QUEUE_FULL']))
        expect((await fromElsewhere(api, { language: 'bash', code: 'echo hi' })).body).toContain('hi\\n')
        expect((await ask(api, '/health/ready')).status).toBe(200)
        for (const id of accepted)
          expect(await ended(api, id)).toMatchObject({ status: 'finished', result: { output: 'slept\n' } })
        expect(await metric(api, 'codeexec_redis_memory_max_bytes')).toBe(32 * MIB)
        await expect.poll(() => metric(api, 'codeexec_redis_memory_bytes'), PATIENCE).toBeLessThan(6 * MIB)
        await expect.poll(() => metric(api, 'codeexec_queue_bytes{queue="jobs"}'), PATIENCE).toBe(0)

        // As when others have filled it: what is new is refused, and readiness says why.
        const client = new Redis(split.redis.url)
        await client.config('SET', 'maxmemory', '1mb')
        const full = await post(api, '/api/v1/execute', HELLO)
        expect(full.body).toMatchObject({ code: 'QUEUE_FULL' })
        expect(full.body.errorMessage).toContain('no memory left')
        const ready = await ask<{ checks: { name: string; ok: boolean; detail: string }[] }>(
          api,
          '/health/ready',
        )
        expect(ready.status).toBe(503)
        expect(ready.body.checks).toContainEqual({
          name: 'queue',
          ok: false,
          detail: 'its memory is used up',
        })
        await client.config('SET', 'maxmemory', '32mb')
        client.disconnect()
        await expect.poll(async () => (await ask(api, '/health/ready')).status, PATIENCE).toBe(200)
        expect((await execute(api, HELLO)).output).toBe('hello\n')
      } finally {
        await split.stop()
      }
    },
  )
})

describeWhereItCanRun(
  'a Redis that cannot do what the queue needs',
  () => {
    it.each([
      [
        'forbids what the queue needs',
        ['--rename-command', 'XTRIM', ''],
        /The Redis server \(version [\d.]+\) cannot do XTRIM .* Redis 6\.2 or newer/,
      ],
      ['belongs to a cluster', ['--cluster-enabled', 'yes'], /The server belongs to a Redis Cluster/],
    ])('and %s is refused by an api and a worker in one sentence', async (_, options, words) => {
      const redis = await startRedis({ options })
      try {
        for (const role of ['api', 'worker']) {
          const settings = { REDIS_URL: redis.url, PORT: '0', HOST: '127.0.0.1' }
          const { code, output } = await codeexec([role], settings)
          expect({ role, code }).toEqual({ role, code: 2 })
          expect(output).toMatch(words)
        }
      } finally {
        await redis.stop()
      }
    })
  },
  hasRedis() ? undefined : 'redis-server is not installed',
)
