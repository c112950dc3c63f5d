/** Clients that leave, more work than there is room for, and the service's own end. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { startService } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import type { Answer, ErrorBody } from './support/client.js'
import { ask, metric, post } from './support/client.js'
import { processesNamed } from './support/host.js'
import { describeWhereItCanRun } from './support/suite.js'

const PATIENCE = { timeout: 30_000, interval: 50 }

interface Sleeper {
  /** Name of the program's file, which is in its command line as the host sees it. */
  readonly name: string
  readonly answer: Promise<Answer<ErrorBody> | Error>
  /** The client goes away. */
  leave(): void
}

function startSleeper(service: Service, seconds: number): Sleeper {
  const name = `sleeper-${randomUUID()}.py`
  const code = `import time\ntime.sleep(${seconds})\nprint("slept")`
  const client = new AbortController()
  const body = { language: 'python', files: [{ filename: name, code }], limits: { wallTimeMs: 30_000 } }
  const answer = post(service, '/api/v2/execute', body, { signal: client.signal }).catch(
    (error: Error) => error,
  )
  return { name, answer, leave: () => client.abort() }
}

const untilItRuns = ({ name }: Sleeper) => expect.poll(() => processesNamed(name), PATIENCE).not.toEqual([])
const untilItIsGone = ({ name }: Sleeper) => expect.poll(() => processesNamed(name), PATIENCE).toEqual([])

async function withOwnService(
  environment: Readonly<Record<string, string>>,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const service = await startService(environment)
  try {
    await use(service)
  } finally {
    await service.stop()
  }
}

/** Sends a signal to the service itself. */
function signal(service: Service, name: 'SIGTERM' | 'SIGINT'): void {
  process.kill(service.pid, name)
}

/** Waits until it has ended by itself. */
async function exitCodeOf(service: Service): Promise<number | null> {
  await expect.poll(() => service.isRunning(), PATIENCE).toBe(false)
  return service.stop()
}

describeWhereItCanRun('life', () => {
  it('a client that goes away takes its program with it', async () => {
    await withOwnService({}, async (service) => {
      const sleeper = startSleeper(service, 25)
      await untilItRuns(sleeper)
      sleeper.leave()
      await untilItIsGone(sleeper)
      await expect.poll(() => metric(service, 'codeexec_executions_running'), PATIENCE).toBe(0)
    })
  })

  it('refuses with 503 and Retry-After what neither runs nor may wait, and takes work again afterwards', async () => {
    await withOwnService({ CODEEXEC_SLOTS: '1', CODEEXEC_QUEUE_CAPACITY: '1' }, async (service) => {
      const running = startSleeper(service, 25)
      await untilItRuns(running)
      const waiting = startSleeper(service, 0)
      await expect.poll(() => metric(service, 'codeexec_queue_depth{queue="jobs"}'), PATIENCE).toBe(1)

      const refused = await post(service, '/api/v1/execute', { language: 'bash', code: 'true' })
      expect(refused).toMatchObject({ status: 503, body: { succeeded: false, code: 'QUEUE_FULL' } })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)

      running.leave()
      expect(await waiting.answer).toMatchObject({ status: 200, body: { result: { output: 'slept\n' } } })
      expect((await post(service, '/api/v1/execute', { language: 'bash', code: 'true' })).status).toBe(200)
    })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('%s lets what runs finish and refuses what comes', async (name) => {
    await withOwnService({}, async (service) => {
      const sleeper = startSleeper(service, 6)
      await untilItRuns(sleeper)
      signal(service, name)

      await expect.poll(async () => (await ask(service, '/health/ready')).status, PATIENCE).toBe(503)
      const refused = await post(service, '/api/v1/execute', { language: 'bash', code: 'true' })
      expect(refused).toMatchObject({ status: 503, body: { code: 'SHUTTING_DOWN' } })
      expect(refused.headers.has('retry-after')).toBe(true)

      expect(await sleeper.answer).toMatchObject({ status: 200, body: { result: { output: 'slept\n' } } })
      expect(await exitCodeOf(service)).toBe(0)
    })
  })

  it('ends at the deadline what has not finished, and answers its client', async () => {
    await withOwnService({ CODEEXEC_DRAIN_DEADLINE: '1s' }, async (service) => {
      const sleeper = startSleeper(service, 25)
      await untilItRuns(sleeper)
      signal(service, 'SIGTERM')
      expect(await sleeper.answer).toMatchObject({ status: 503, body: { code: 'SHUTTING_DOWN' } })
      expect(await exitCodeOf(service)).toBe(0)
      await untilItIsGone(sleeper)
    })
  })

  it('a second signal, when one has had time to think, ends it at once and leaves no program', async () => {
    await withOwnService({}, async (service) => {
      const sleeper = startSleeper(service, 25)
      await untilItRuns(sleeper)
      signal(service, 'SIGINT')
      await expect.poll(async () => (await ask(service, '/health/ready')).status, PATIENCE).toBe(503)
      // Whatever comes within a second of the first is the same Ctrl-C.
      await expect
        .poll(() => {
          if (service.isRunning()) signal(service, 'SIGINT')
          return service.isRunning()
        }, PATIENCE)
        .toBe(false)
      expect(await sleeper.answer).toBeInstanceOf(Error)
      await untilItIsGone(sleeper)
    })
  })

  it('a service that is killed leaves no program', async () => {
    await withOwnService({}, async (service) => {
      const sleeper = startSleeper(service, 25)
      await untilItRuns(sleeper)
      process.kill(service.pid, 'SIGKILL')
      await untilItIsGone(sleeper)
      expect(await sleeper.answer).toBeInstanceOf(Error)
    })
  })
})
