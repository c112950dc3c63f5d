/**
 * What the shared queue costs and gives, in one interleaved run: the whole service in one process against one api and
 * two workers around a real redis-server. `node scripts/bench-split.mjs [--requests 200] [--jobs 8]`, after
 * `npm run build`, as root, with the images of bash and c built. Trust the ratios and differences, not the figures.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { startRole } from './bench/roles.mjs'
import { echoMilliseconds, goneMilliseconds } from './bench/sessions.mjs'
import { startRedis } from './redis.mjs'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '200' }, jobs: { type: 'string', default: '8' } },
})
const REQUESTS = Number(values.requests)
const JOBS = Number(values.jobs)
const WARM_UP = 20
/** Short rounds in turns: whatever else the machine does meets both sides alike. */
const ROUNDS = 9
const CLOSED_SESSIONS = 20

const HELLO = { language: 'bash', code: 'echo hello' }
/** Half a second of one core, which on a busy machine can take a while. */
const WORK = {
  limits: { wallTimeMs: 30_000 },
  language: 'c',
  code: `#include <stdio.h>
int main(void) {
  unsigned long x = 1;
  for (unsigned long i = 0; i < 400000000ul; i++) x = x * 6364136223846793005ul + 1442695040888963407ul;
  printf("%lu\\n", x);
}`,
}

async function execute({ port }, body) {
  const startedMs = performance.now()
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  if (answer.result?.runTimeStatus !== 'succeeded') throw new Error(JSON.stringify(answer))
  return { milliseconds: performance.now() - startedMs, output: answer.result.output }
}

function quantile(samples, share) {
  return samples.toSorted((a, b) => a - b)[Math.floor((samples.length - 1) * share)]
}

async function latencies(sides) {
  const samples = sides.map(() => [])
  for (let index = 0; index < WARM_UP + REQUESTS; index++) {
    for (const [side, service] of sides.entries()) {
      const { milliseconds } = await execute(service, HELLO)
      if (index >= WARM_UP) samples[side].push(milliseconds)
    }
  }
  return samples
}

async function batchMilliseconds(service) {
  const startedMs = performance.now()
  const answers = await Promise.all(Array.from({ length: JOBS }, () => execute(service, WORK)))
  if (new Set(answers.map(({ output }) => output)).size !== 1) throw new Error('answers differ')
  return performance.now() - startedMs
}

const cores = availableParallelism()
const slotsEach = Math.max(1, Math.floor(cores / 2))
const redis = await startRedis()
const database = mkdtempSync(join(tmpdir(), 'codeexec-bench-'))
const languages = { CODEEXEC_LANGUAGES: 'bash,c', CODEEXEC_CPUS: '1', CODEEXEC_DATABASE_DIR: database }
const split = { ...languages, REDIS_URL: redis.url }
const roles = []
try {
  const start = async (role, environment) => {
    roles.push(await startRole(role, environment))
    return roles.at(-1)
  }
  const whole = await start('all', { ...languages, CODEEXEC_SLOTS: String(slotsEach * 2) })
  for (let index = 0; index < 2; index++) {
    await start('worker', { ...split, CODEEXEC_SLOTS: String(slotsEach) })
  }
  const api = await start('api', split)

  const [one, two] = await latencies([whole, api])
  for (const [name, samples] of [
    ['one process', one],
    ['api, Redis, worker', two],
  ]) {
    const [p50, p95] = [quantile(samples, 0.5), quantile(samples, 0.95)].map((value) => value.toFixed(2))
    process.stdout.write(`hello  ${name.padEnd(20)} p50 ${p50} ms   p95 ${p95} ms\n`)
  }
  const added = quantile(two, 0.5) - quantile(one, 0.5)
  process.stdout.write(`hello  added at the median: ${added.toFixed(2)} ms (at most 5)\n`)

  for (const [name, service] of [
    ['one process', whole],
    ['api, Redis, worker', api],
  ]) {
    const echoes = await echoMilliseconds(service, REQUESTS)
    const gone = []
    for (let index = 0; index < CLOSED_SESSIONS; index++) gone.push(await goneMilliseconds(service))
    const [echo, median, worst] = [quantile(echoes, 0.5), quantile(gone, 0.5), Math.max(...gone)]
    process.stdout.write(
      `session  ${name.padEnd(18)} echo p50 ${echo.toFixed(2)} ms   ` +
        `gone after close p50 ${median.toFixed(0)} ms, worst ${worst.toFixed(0)} ms (at most 100)\n`,
    )
  }

  const ratios = []
  for (let round = 0; round < ROUNDS; round++) {
    const alone = await batchMilliseconds(whole)
    const shared = await batchMilliseconds(api)
    ratios.push(alone / shared)
    process.stdout.write(
      `batch  ${JOBS} jobs: one process ${alone.toFixed(0)} ms, two workers ${shared.toFixed(0)} ms\n`,
    )
  }
  process.stdout.write(
    `batch  efficiency of two workers: ${quantile(ratios, 0.5).toFixed(2)} (at least 0.9)\n`,
  )
} finally {
  await Promise.all(roles.map((role) => role.stop()))
  await redis.stop()
  rmSync(database, { recursive: true })
}
