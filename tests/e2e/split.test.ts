/** Several processes of each role around one Redis and one MongoDB: any api will do, and any of them may go. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Service } from '../hostile/harness/service.js'
import { ask, execute, metric, post } from './support/client.js'
import { processesNamed } from './support/host.js'
import { start } from './support/interactive.js'
import { describeSplit, startSplit } from './support/split.js'
import type { Split } from './support/split.js'
import { ended, follow, submit } from './support/submissions.js'

const PATIENCE = { timeout: 40_000, interval: 50 }
const HELLO = { language: 'bash', code: 'echo hello' }

/** A program that can be found among the host's processes. */
function named(code: string) {
  const name = `split-${randomUUID()}.py`
  const body = { language: 'python', files: [{ filename: name, code }], limits: { wallTimeMs: 30_000 } }
  return { name, body }
}

const readiness = async (service: Service) =>
  (await ask<{ checks: { name: string; ok: boolean; detail: string }[] }>(service, '/health/ready')).body
    .checks

async function withSplit(
  options: { readonly apis?: number; readonly workers?: number; readonly appendOnly?: boolean },
  use: (split: Split) => Promise<void>,
): Promise<void> {
  const split = await startSplit({ CODEEXEC_SLOTS: '1', CODEEXEC_DRAIN_DEADLINE: '20s' }, options)
  try {
    await use(split)
  } finally {
    await split.stop()
  }
}

describeSplit('two apis and two workers', () => {
  let split: Split
  let one: Service
  let other: Service

  beforeAll(async () => {
    split = await startSplit({ CODEEXEC_SLOTS: '1' }, { apis: 2 })
    ;[one, other] = split.apis as [Service, Service]
  })
  afterAll(async () => {
    await split?.stop()
  })

  it('say how they stand, and which languages there are', async () => {
    expect(await readiness(one)).toEqual(
      expect.arrayContaining([
        { name: 'queue', ok: true, detail: 'connected' },
        { name: 'workers', ok: true, detail: '2, with 2 slots' },
        { name: 'store', ok: true, detail: 'records can be kept' },
      ]),
    )
    const [worker] = split.workers
    if (worker === undefined) throw new Error('there is no worker')
    expect((await readiness(worker)).map(({ name }) => name)).toEqual([
      'sandbox',
      'languages',
      'memory',
      'queue',
      'jobs',
    ])
    const { body } = await ask<{ id: string; state: string }[]>(other, '/api/v1/languages')
    expect(body.find(({ id }) => id === 'bash')).toMatchObject({ state: 'ready' })
  })

  it('count executions where they ran, and tell nothing else at a worker', async () => {
    await execute(one, HELLO)
    const counts = await Promise.all(
      split.workers.map(async (worker) => (await ask<string>(worker, '/metrics')).body),
    )
    expect(counts.join('\n')).toMatch(/codeexec_executions_total\{language="bash"[^}]*\} [1-9]/)
    const [worker] = split.workers
    expect((await post(worker as Service, '/api/v1/execute', HELLO)).status).toBe(404)
  })

  it('let another api read, follow and await what one accepted', async () => {
    const code = 'import time\nfor i in range(3):\n    print(i, flush=True)\n    time.sleep(0.3)\n'
    const id = await submit(one, { language: 'python', code })
    const [followed, record] = await Promise.all([follow(other, id), ended(other, id)])
    expect(followed.filter(({ event }) => event === 'stdout').map(({ data }) => data['data'])).toEqual([
      '0\n',
      '1\n',
      '2\n',
    ])
    expect(record).toMatchObject({ status: 'finished', result: { output: '0\n1\n2\n' } })
    const second = followed.findIndex(({ event }) => event === 'stdout')
    expect(await follow(one, id, followed[second]?.id)).toEqual(followed.slice(second + 1))
  })

  it('let another api cancel what runs and what waits', async () => {
    const running = [named('import time; time.sleep(25)'), named('import time; time.sleep(25)')]
    const ids = await Promise.all(running.map(({ body }) => submit(one, body)))
    for (const { name } of running) await expect.poll(() => processesNamed(name), PATIENCE).not.toEqual([])
    ids.push(await submit(one, HELLO))
    for (const id of ids.toReversed()) {
      const { body } = await ask<{ status: string }>(other, `/api/v1/submissions/${id}`, { method: 'DELETE' })
      expect(body.status).toBe('cancelled')
    }
    for (const { name } of running) await expect.poll(() => processesNamed(name), PATIENCE).toEqual([])
  })

  it('kill the program of a session whose client leaves', async () => {
    const { name, body } = named('print("up", flush=True)\ninput()')
    const conversation = await start(one, body)
    await conversation.said('up')
    conversation.socket.terminate()
    await expect.poll(() => processesNamed(name), PATIENCE).toEqual([])
  })
})

describeSplit('a split service in trouble', () => {
  it('answers 503 while Redis is away, and goes on by itself when it is back', () =>
    withSplit({ workers: 1, appendOnly: true }, async ({ apis: [api], redis }) => {
      if (api === undefined) throw new Error('there is no api')
      await redis.end('SIGKILL')
      const refusal = async () => (await post(api, '/api/v1/execute', HELLO)).body.code
      await expect.poll(refusal, PATIENCE).toBe('QUEUE_UNAVAILABLE')
      const refused = await post(api, '/api/v1/execute', HELLO)
      expect(refused.status).toBe(503)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await ask(api, '/health/ready')).status).toBe(503)
      expect((await ask(api, '/health')).status).toBe(200)
      await redis.start()
      await expect.poll(async () => (await ask(api, '/health/ready')).status, PATIENCE).toBe(200)
      expect((await execute(api, HELLO)).output).toBe('hello\n')
    }))

  it('runs the job of a worker that was killed on another one', () =>
    withSplit({ workers: 1 }, async (split) => {
      const [api] = split.apis
      const [worker] = split.workers
      if (api === undefined || worker === undefined) throw new Error('a role is missing')
      const { name, body } = named('import time; time.sleep(2); print("ran")')
      const id = await submit(api, body)
      await expect.poll(() => processesNamed(name), PATIENCE).not.toEqual([])
      process.kill(worker.pid, 'SIGKILL')
      await split.start('worker')
      expect(await ended(api, id)).toMatchObject({ status: 'finished', result: { output: 'ran\n' } })
    }))

  it('records what an api accepted that was killed', () =>
    withSplit({ apis: 2, workers: 1 }, async ({ apis: [first, second] }) => {
      if (first === undefined || second === undefined) throw new Error('an api is missing')
      const ids = [
        await submit(first, { language: 'python', code: 'import time; time.sleep(1); print("ran")' }),
        await submit(first, HELLO),
      ]
      process.kill(first.pid, 'SIGKILL')
      const records = await Promise.all(ids.map((id) => ended(second, id)))
      expect(records.map(({ status, result }) => [status, result?.output])).toEqual([
        ['finished', 'ran\n'],
        ['finished', 'hello\n'],
      ])
    }))

  it('lets a worker that stops finish what it runs', () =>
    withSplit({ workers: 1 }, async ({ apis: [api], workers: [worker] }) => {
      if (api === undefined || worker === undefined) throw new Error('a role is missing')
      const { name, body } = named('import time; time.sleep(3); print("finished")')
      const answer = execute(api, body)
      await expect.poll(() => processesNamed(name), PATIENCE).not.toEqual([])
      process.kill(worker.pid, 'SIGTERM')
      expect((await answer).output).toBe('finished\n')
      await expect.poll(() => worker.isRunning(), PATIENCE).toBe(false)
      expect(await worker.stop()).toBe(0)
      // It closes its connections itself.
      expect(worker.log()).not.toContain('connection to the queue')
      await expect.poll(() => metric(api, 'codeexec_queue_depth{queue="jobs"}'), PATIENCE).toBe(0)
    }))

  it('lets an api that stops answer what it has, and cuts short who only waits', () =>
    withSplit({ apis: 1, workers: 1 }, async ({ apis: [api] }) => {
      if (api === undefined) throw new Error('there is no api')
      const { name, body } = named('import time; time.sleep(4); print("answered")')
      const answer = execute(api, body)
      await expect.poll(() => processesNamed(name), PATIENCE).not.toEqual([])
      const waiting = ended(api, await submit(api, HELLO))
      process.kill(api.pid, 'SIGTERM')
      expect(await waiting).toMatchObject({ status: 'queued', result: null })
      expect((await answer).output).toBe('answered\n')
      await expect.poll(() => api.isRunning(), PATIENCE).toBe(false)
      expect(await api.stop()).toBe(0)
      expect(api.log()).not.toContain('connection to the queue')
    }))
})
