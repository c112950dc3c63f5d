/**
 * The service's image, built on a private Docker Engine and run as deploy/compose.yaml runs it: an api without any
 * rights and a worker with its own, around a Redis and a server that speaks MongoDB's protocol; and the whole service
 * with an engine's socket instead of rights.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PrivateEngine } from '../../scripts/docker/engine.mjs'
import { DEBIAN_IMAGE } from '../../scripts/docker/prepare.mjs'
import { hasRedis, startRedis } from '../../scripts/redis.mjs'
import type { RedisServer } from '../../scripts/redis.mjs'
import { startMongodb } from '../../src/store/mongodb-test-server.js'
import type { MongodbServer } from '../../src/store/mongodb-test-server.js'
import { codeexec } from '../e2e/support/cli.js'
import { ask, execute, metric } from '../e2e/support/client.js'
import { DATA_DIRECTORY, freePort } from '../hostile/harness/service.js'
import { ServiceImage, hasDocker } from './support/service-image.js'
import { describeUnless, noService } from './support/environment.js'
import { DEPLOY } from './support/prometheus.js'

const WORKER_BYTES = 2 ** 30
const WORKER_CPUS = 1.5

/** The first build fetches Debian's packages and npm's; later ones compile what has changed. */
const FIRST_BUILD_MS = 20 * 60_000
const SOCKET = '/run/docker.sock'

const reasons = [
  noService(),
  !hasDocker && 'there is no Docker Engine to start (docker.io, docker-cli and mmdebstrap)',
  !hasRedis() && 'redis-server is not installed',
  !existsSync(path.join(DATA_DIRECTORY, 'images')) && 'no images of languages are built (npm start)',
]

describeUnless(reasons, 'the image of the service', () => {
  let engine: PrivateEngine
  let image: ServiceImage
  let redis: RedisServer
  let mongodb: MongodbServer | undefined

  beforeAll(async () => {
    engine = new PrivateEngine()
    await engine.start()
    image = new ServiceImage(engine)
    await image.removeContainers()
    await image.build()
    redis = await startRedis()
    mongodb = await startMongodb()
  }, FIRST_BUILD_MS)

  afterAll(async () => {
    await image?.removeContainers()
    await engine?.dispose()
    await redis?.stop()
    await mongodb?.stop()
  })

  /** Runs one role on the host's network, as the engine has no bridge; resolves with where it listens, once ready. */
  async function run(
    role: string,
    options: readonly string[],
    settings: Readonly<Record<string, string>>,
    name = role,
  ): Promise<{ readonly port: number }> {
    const port = await freePort()
    await image.run({ role, name }, options, { HOST: '127.0.0.1', PORT: String(port), ...settings })
    const ready = (): Promise<number> =>
      ask({ port }, '/health/ready').then(
        ({ status }) => status,
        () => 0,
      )
    for (let attempt = 0; (await ready()) !== 200; attempt++) {
      if (attempt === 300 || !(await image.isRunning(name)))
        throw new Error(`${name} is not ready; it said:\n${await image.logs(name)}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    return { port }
  }

  it('is small, and starts as nobody in particular', async () => {
    const { Size, Config } = await image.inspect()
    expect(Size).toBeLessThan(600e6)
    expect(Config).toMatchObject({ User: '10001:10001', Healthcheck: expect.anything() as object })
  })

  it('has what workers build images with', async () => {
    const said = await image.runOnce(['sh', '-c', 'npm --version && mmdebstrap --version && ls native/build'])
    expect(said).toMatch(
      /^10\..*\nmmdebstrap .*\ncodeexec-agent\ncodeexec-confine\.node\ncodeexec-memory\.node\ncodeexec-supervisor\ncodeexec-warm\.so\n$/u,
    )
  })

  const shared = (): Readonly<Record<string, string>> => ({
    REDIS_URL: redis.url,
    ...(mongodb !== undefined && { MONGODB_URL: mongodb.url }),
    CODEEXEC_LANGUAGES: 'c,python',
    CODEEXEC_SLOTS: '1',
  })
  let worker = { port: 0 }
  let api = { port: 0 }

  /** With what the compose file gives to a worker. */
  function startWorker(name: string): Promise<{ readonly port: number }> {
    const compose = parse(readFileSync(path.join(DEPLOY, 'compose.yaml'), 'utf8'), { merge: true }) as {
      services: { worker: { cap_add: string[]; security_opt: string[] } }
    }
    const { cap_add, security_opt } = compose.services.worker
    return run(
      'worker',
      [
        '--user=0:0',
        '--cgroupns=host',
        `--memory=${WORKER_BYTES}`,
        `--cpus=${WORKER_CPUS}`,
        '--volume=/sys/fs/cgroup:/sys/fs/cgroup',
        `--volume=${DATA_DIRECTORY}/images:/var/lib/codeexec/images`,
        '--tmpfs=/tmp:exec',
        ...cap_add.map((capability) => `--cap-add=${capability}`),
        ...security_opt.map((option) => `--security-opt=${option.replace(':', '=')}`),
      ],
      shared(),
      name,
    )
  }

  it('runs programs in a worker that has what the compose file gives it, for an api that has nothing', async () => {
    worker = await startWorker('worker')
    api = await run(
      'api',
      ['--read-only', '--tmpfs=/tmp', '--tmpfs=/var/lib/codeexec', '--security-opt=no-new-privileges'],
      shared(),
    )
    const hello = { language: 'c', code: '#include <stdio.h>\nint main(void) { puts("hi"); }' }
    expect(await execute(api, hello)).toMatchObject({ runTimeStatus: 'succeeded', output: 'hi\n' })
    const hog = { language: 'python', code: 'x = "x" * 10**9', limits: { memoryBytes: 64 * 2 ** 20 } }
    expect(await execute(api, hog)).toMatchObject({ runTimeStatus: 'memory_limit_exceeded' })
    expect(await metric(worker, 'codeexec_supervisor_up')).toBe(1)
    // The container's limits are those of its programs, whose groups are in the container's.
    expect(await metric(worker, 'codeexec_machine_memory_bytes')).toBe(WORKER_BYTES)
    expect(await metric(worker, 'codeexec_machine_cpus')).toBe(WORKER_CPUS)
    const doctor = await image.exec('worker', ['node', 'dist/main/cli.js', 'doctor'])
    expect(doctor).toMatch(/^ok +control group .*memory 1024 MiB, 1.5 CPUs/m)
    expect(doctor).toMatch(/^ok +outer-limits /m)
    // Interpreters are prepared in a container as they are elsewhere.
    const python = { language: 'python', code: 'print("hi")' }
    const prepared = 'codeexec_warm_requests_total{language="python",kind="fork",result="hit"}'
    await expect
      .poll(
        async () => {
          expect(await execute(api, python)).toMatchObject({ output: 'hi\n' })
          return metric(worker, prepared)
        },
        { timeout: 30_000 },
      )
      .toBeGreaterThan(0)
  })

  it('leaves a worker beside it alone when it starts and when it ends', async () => {
    const other = await startWorker('another')
    expect(await metric(worker, 'codeexec_supervisor_restarts_total')).toBe(0)
    expect(await image.stop('another')).toBe(0)
    const hello = { language: 'python', code: 'print("hi")' }
    for (let time = 0; time < 4; time++) expect(await execute(api, hello)).toMatchObject({ output: 'hi\n' })
    expect(await metric(worker, 'codeexec_supervisor_restarts_total')).toBe(0)
    expect(other.port).not.toBe(worker.port)
  })

  it('drains when it is stopped', async () => {
    expect(await image.stop('worker')).toBe(0)
    expect(await image.stop('api')).toBe(0)
  })

  it('runs programs through an engine, with no right but its socket', async () => {
    const settings = {
      CODEEXEC_SANDBOX: 'docker',
      CODEEXEC_DOCKER_BASE: DEBIAN_IMAGE,
      CODEEXEC_DOCKER_BUILD_NETWORK: 'host',
      CODEEXEC_LANGUAGES: 'bash',
      DOCKER_HOST: `unix://${SOCKET}`,
    }
    const options = [
      `--user=10001:${statSync(engine.socket).gid}`,
      `--volume=${engine.socket}:${SOCKET}`,
      '--security-opt=no-new-privileges',
    ]
    const service = await run('serve', options, settings)
    await expect
      .poll(() => ask(service, '/health/ready').then(({ status }) => status), { timeout: 60_000 })
      .toBe(200)
    expect(await execute(service, { language: 'bash', code: 'echo hi' })).toMatchObject({ output: 'hi\n' })
    // Both name images by the same sources, so that either finds what the other has built.
    const list = await codeexec(['images', 'list'], { ...settings, DOCKER_HOST: engine.host })
    expect(await image.exec('serve', ['node', 'dist/main/cli.js', 'images', 'list'])).toBe(list.output)
    expect(list.output).toMatch(/^bash +ready/mu)
    expect(await image.stop('serve')).toBe(0)
  })
})
