/** Prometheus scrapes the real service under a load and through a failure; the dashboard's queries find it all. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dashboardQueries } from '../../scripts/dashboard/panels.mjs'
import { hasRedis, startRedis } from '../../scripts/redis.mjs'
import type { RedisServer } from '../../scripts/redis.mjs'
import { processTree } from '../e2e/support/host.js'
import { execute, post } from '../e2e/support/client.js'
import { startService } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import { startRecordedCadvisor } from './support/cadvisor.js'
import { describeUnless, noService } from './support/environment.js'
import { DEPLOY, hasPrometheus, startPrometheus } from './support/prometheus.js'
import type { Prometheus } from './support/prometheus.js'

const NO_PROMETHEUS = !hasPrometheus && 'prometheus is not installed'
const PATIENCE = { timeout: 60_000, interval: 500 }
const RATE = 60

const PROGRAMS = {
  succeeded: { language: 'python', code: 'print(sum(range(10**6)))' },
  runtime_error: { language: 'python', code: '1/0' },
  compile_error: { language: 'c', code: 'int main(void) { return nothing; }' },
  time_limit_exceeded: {
    language: 'python',
    code: 'while True: pass',
    limits: { wallTimeMs: 20_000, cpuTimeMs: 300 },
  },
  memory_limit_exceeded: {
    language: 'python',
    code: 'x = "x" * 10**9',
    limits: { memoryBytes: 64 * 2 ** 20 },
  },
  output_limit_exceeded: { language: 'python', code: 'while True: print("x" * 1000)' },
} as const
const VERDICTS = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]
const ROUNDS = 2

function promtool(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', argv, { encoding: 'utf8' })
  return { status, words: `${stdout}${stderr}` }
}

/** The value of a query that has one series, or none yet. */
async function figure(prometheus: Prometheus, expression: string): Promise<number | undefined> {
  return (await prometheus.query(expression))[0]?.value
}

describeUnless([noService(), NO_PROMETHEUS], 'a service that Prometheus watches', () => {
  let service: Service
  let prometheus: Prometheus
  let cadvisor: Awaited<ReturnType<typeof startRecordedCadvisor>>
  const value = (expression: string) => expect.poll(() => figure(prometheus, expression), PATIENCE)

  beforeAll(async () => {
    service = await startService({ CODEEXEC_RATE_LIMIT: `${RATE}/1h` })
    cadvisor = await startRecordedCadvisor()
    prometheus = await startPrometheus({ codeexec: [service.port], cadvisor: [cadvisor.port] })
  })

  afterAll(async () => {
    await prometheus?.stop()
    await cadvisor?.stop()
    await service?.stop()
  })

  it('shows a load as it was: every end, every limit, nothing twice', async () => {
    await value('up{job="codeexec"}').toBe(1)
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        VERDICTS.map(async (verdict) => {
          expect(await execute(service, PROGRAMS[verdict])).toMatchObject({ runTimeStatus: verdict })
        }),
      )
      // Rates need figures from before and after.
      await value('sum(codeexec_executions_total)').toBe((round + 1) * VERDICTS.length)
    }
    for (const verdict of VERDICTS) {
      await value(`sum(codeexec_executions_total{verdict="${verdict}"})`).toBe(ROUNDS)
    }
    await value(
      'sum(codeexec_executions_total{verdict="compile_error", stage="compile", language="c"})',
    ).toBe(ROUNDS)
    for (const reason of ['cpu', 'memory', 'output']) {
      await value(`sum(codeexec_stage_stops_total{reason="${reason}"})`).toBe(ROUNDS)
    }
    await value('sum(codeexec_sandbox_opening_seconds_count)').toBe(ROUNDS * VERDICTS.length)
    await value('sum(codeexec_queue_wait_seconds_count)').toBe(ROUNDS * VERDICTS.length)
    await value('sum(codeexec_worker_slots_busy)').toBe(0)
    // Each of these was stopped when it had used 0.3 s, however long that took.
    expect(await figure(prometheus, 'sum(codeexec_stage_cpu_time_seconds_sum)')).toBeGreaterThan(0.5)
  })

  it('counts who asks too often', async () => {
    const answers = []
    for (let index = 0; index < RATE; index++) answers.push((await post(service, '/run', {})).status)
    const refused = answers.filter((status) => status === 429).length
    expect(refused).toBe(ROUNDS * VERDICTS.length)
    await value('sum(codeexec_http_rate_limited_total)').toBe(refused)
  })

  it('shows a supervisor that was killed, and that another took its place', async () => {
    const supervisor = processTree(service.pid).find((pid) =>
      // Its guard has the same command line.
      readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('codeexec-superv'),
    )
    expect(supervisor).toBeDefined()
    process.kill(supervisor ?? 0, 'SIGKILL')
    await value('codeexec_supervisor_restarts_total').toBe(1)
    await value('codeexec_supervisor_up').toBe(1)
    await value('codeexec_dependency_up{dependency="sandbox"}').toBe(1)
  })

  it('answers every query of the dashboard with data', async () => {
    const queries = dashboardQueries()
    expect(queries.length).toBeGreaterThan(60)
    for (const { row, title, expression } of queries) {
      const asked = expression.replaceAll('$__rate_interval', '30s').replaceAll('$language', '.*')
      const count = async (): Promise<string> => {
        const samples = await prometheus.query(asked)
        return samples.length > 0 ? 'data' : `${row}, ${title}: nothing for ${asked}`
      }
      await expect.poll(count, PATIENCE).toBe('data')
    }
  })
})

const noRedis = !hasRedis() && 'redis-server is not installed'
describeUnless([noService(), NO_PROMETHEUS, noRedis], 'an api and a worker that Prometheus watches', () => {
  let redis: RedisServer
  let roles: Service[] = []
  let prometheus: Prometheus
  const value = (expression: string) => expect.poll(() => figure(prometheus, expression), PATIENCE)

  beforeAll(async () => {
    redis = await startRedis({ appendOnly: true })
    for (const CODEEXEC_ROLE of ['worker', 'api']) {
      roles.push(await startService({ CODEEXEC_ROLE, REDIS_URL: redis.url }))
    }
    prometheus = await startPrometheus({ codeexec: roles.map(({ port }) => port) })
  })

  afterAll(async () => {
    await prometheus?.stop()
    await Promise.all(roles.map((role) => role.stop()))
    await redis?.stop()
  })

  it('count each execution once, where it ran', async () => {
    const [, api] = roles
    if (api === undefined) throw new Error('no api')
    for (let index = 0; index < 3; index++) await execute(api, PROGRAMS.succeeded)
    await value('sum(codeexec_executions_total)').toBe(3)
    await value('count(codeexec_executions_total)').toBe(1)
    await value('sum(codeexec_queue_wait_seconds_count)').toBe(3)
    expect(await figure(prometheus, 'count(codeexec_build_info)')).toBe(2)
  })

  it('both say when Redis is away, and when it is back', async () => {
    const queues = 'sum(codeexec_dependency_up{dependency="queue"})'
    await value(queues).toBe(2)
    await redis.end('SIGKILL')
    await value(queues).toBe(0)
    await redis.start()
    await value(queues).toBe(2)
    expect(roles.every((role) => role.isRunning())).toBe(true)
  })
})

describe.skipIf(NO_PROMETHEUS !== false)(`rules and configuration${NO_PROMETHEUS || ''}`, () => {
  const unitTests = fileURLToPath(new URL('rules.test.yml', import.meta.url))

  it('pass promtool', () => {
    const rules = path.join(DEPLOY, 'prometheus', 'rules')
    expect(promtool('check', 'rules', path.join(rules, 'codeexec.yml'))).toMatchObject({ status: 0 })
    const folder = mkdtempSync(path.join(tmpdir(), 'codeexec-prometheus-'))
    try {
      const file = path.join(folder, 'prometheus.yml')
      const config = readFileSync(path.join(DEPLOY, 'prometheus', 'prometheus.yml'), 'utf8')
      writeFileSync(file, config.replace('/etc/prometheus/rules', rules))
      expect(promtool('check', 'config', file)).toMatchObject({
        status: 0,
        words: expect.stringContaining('1 rule files found'),
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('fire when they should and only then', () => {
    const result = promtool('test', 'rules', unitTests)
    expect(result).toEqual({ status: 0, words: expect.stringContaining('SUCCESS') })
  })

  it('have a unit test for each alert', () => {
    const rules = readFileSync(path.join(DEPLOY, 'prometheus', 'rules', 'codeexec.yml'), 'utf8')
    const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name ?? '')
    const tested = readFileSync(unitTests, 'utf8')
    expect(alerts.length).toBeGreaterThan(10)
    expect(alerts.filter((name) => !new RegExp(`alertname: ${name}\\n`).test(tested))).toEqual([])
  })
})
