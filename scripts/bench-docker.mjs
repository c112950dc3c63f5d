/**
 * Hello world in Python through the driver's pool, against a container created, started, waited for and removed with
 * the same settings. One of each in turn, on a private engine, so that whatever else the machine does meets both.
 *
 *   node scripts/bench-docker.mjs [--rounds=40]
 */
import { mkdirSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { CACHE, PrivateEngine, unfitness } from './docker/engine.mjs'
import { installEngine, prepareImages, settingsFor } from './docker/prepare.mjs'
import { ROOT } from './lib/paths.mjs'
import { stopOnSignals } from './lib/run.mjs'
import { fail, say } from './lib/say.mjs'

const HELLO = 'print("Hello, World!")\n'
const MIB = 2 ** 20
const LIMITS = {
  wallTimeMs: 10_000,
  cpuTimeMs: 10_000,
  memoryBytes: 256 * MIB,
  maxProcesses: 64,
  outputBytes: MIB,
  fileSizeBytes: 64 * MIB,
  cpus: 1,
}
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', LANG: 'C.UTF-8' }

const load = (module) => import(pathToFileURL(join(ROOT, 'dist', module)).href)

async function timed(use) {
  const startedAt = performance.now()
  const output = await use()
  const tookMs = performance.now() - startedAt
  if (output !== 'Hello, World!\n') fail(`the program printed ${JSON.stringify(output)}.`)
  return tookMs
}

function quantile(values, share) {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

async function pooledWay(driver, spec, command) {
  let output = ''
  const sandbox = await driver.open(spec)
  try {
    await sandbox.run({
      ...command,
      onOutput: (_stream, chunk) => {
        output += Buffer.from(chunk).toString()
      },
    })
  } finally {
    await sandbox.dispose()
  }
  return output
}

/** As `docker run --rm` does it; the code comes as an argument, which is the quickest there is. */
async function plainWay(docker, options) {
  const container = await docker.createContainer(options)
  const stream = await container.attach({ stream: true, stdout: true, stderr: true })
  const chunks = []
  stream.on('data', (chunk) => chunks.push(chunk))
  const closed = new Promise((resolve) => stream.once('end', resolve))
  await container.start()
  await container.wait()
  await closed
  await container.remove({ force: true, v: true })
  return Buffer.concat(chunks).subarray(8).toString()
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' } } })
const rounds = Number(values.rounds)
stopOnSignals()
const reason = unfitness()
if (reason !== undefined) fail(`${reason}.`)
await installEngine()
const engine = new PrivateEngine()
try {
  await engine.start()
  const dataDirectory = join(CACHE, 'service')
  mkdirSync(dataDirectory, { recursive: true })
  await prepareImages(engine, settingsFor(engine, dataDirectory), ['python'])
  const { connectEngine } = await load('sandbox/drivers/docker/engine.js')
  const { createDockerDriver } = await load('sandbox/drivers/docker/driver.js')
  const { containerOptions } = await load('sandbox/drivers/docker/container-options.js')
  const { shapeOf } = await load('sandbox/drivers/docker/shape.js')
  const address = { host: engine.host, certificates: undefined }
  const docker = connectEngine(address)
  const [image] = await docker.listImages({ filters: { label: ['io.codeexec.image=python'] } })
  const name = image.RepoTags[0]
  const driver = createDockerDriver({ ...address, runtime: undefined, pool: 2, image: () => name, log: say })
  await driver.start()

  const spec = {
    executionId: 'bench',
    image: 'python',
    files: [{ name: 'main.py', content: Buffer.from(HELLO) }],
    fileSystemBytes: 64 * MIB,
  }
  const command = {
    argv: ['python3', 'main.py'],
    env: ENVIRONMENT,
    cwd: '',
    stdin: new Uint8Array(),
    limits: LIMITS,
  }
  const plainOptions = {
    ...containerOptions(shapeOf(name, spec, LIMITS), {
      name: 'codeexec-bench',
      owner: 'bench',
      uid: 900_000,
      runtime: undefined,
    }),
    Entrypoint: ['python3', '-c', HELLO],
    User: '900000:900000',
    Env: Object.entries(ENVIRONMENT).map(([key, value]) => `${key}=${value}`),
    OpenStdin: false,
    AttachStdin: false,
  }
  const [loadBefore] = loadavg()
  driver.expect({ ...spec, limits: LIMITS }, 2)
  await driver.settled()
  const pooled = []
  const plain = []
  for (let round = 0; round < rounds + 2; round++) {
    const pooledMs = await timed(() => pooledWay(driver, { ...spec, executionId: `bench-${round}` }, command))
    await driver.settled()
    const plainMs = await timed(() => plainWay(docker, plainOptions))
    // The first rounds bring files into the page cache.
    if (round < 2) continue
    pooled.push(pooledMs)
    plain.push(plainMs)
  }
  await driver.close()
  say(`| way | median | 95 % | fastest |\n| --- | --- | --- | --- |`)
  for (const { label, figures } of [
    { label: 'create, start, wait, remove', figures: plain },
    { label: 'through the pool', figures: pooled },
  ])
    say(
      `| ${label} | ${[0.5, 0.95, 0].map((share) => `${quantile(figures, share).toFixed(1)} ms`).join(' | ')} |`,
    )
  const ratio = quantile(plain, 0.5) / quantile(pooled, 0.5)
  say(`${ratio.toFixed(1)} times faster at the median of ${rounds} rounds; the target is 8`)
  say(`${availableParallelism()} processors, load ${loadBefore.toFixed(1)} before`)
  process.exitCode = ratio >= 8 ? 0 : 1
} finally {
  await engine.dispose()
}
