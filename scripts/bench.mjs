/**
 * `npm run bench`: the service against plain fork and exec of the same runtime, and against bubblewrap, interleaved in
 * one run so that the machine's changing speed meets all sides alike. Every answer is checked, every program is new.
 *
 * Options: --rounds N (40), --seconds S of each throughput measurement (5), --only LANGUAGES, --json FILE, --compare FILE.
 * Read ratios, not milliseconds. The service is started by this script, with rate limit and request log off.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, loadavg, release } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { instance, PROGRAMS } from './bench/programs.mjs'
import { BareSide, bubblewrap, hasBubblewrap, ServiceSide } from './bench/sides.mjs'
import { CLI, DATA_DIR } from './lib/paths.mjs'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'string' },
    compare: { type: 'string' },
    only: { type: 'string' },
  },
})
const ROUNDS = Number(options.rounds)
const SECONDS = Number(options.seconds)
const CONCURRENCIES = [2, 8, 32]
const LOW_RATES_PER_SECOND = [2, 10]

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
const summary = (values) => {
  const sorted = values.toSorted((a, b) => a - b)
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) }
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function startService() {
  const port = await freePort()
  const child = spawn(process.execPath, [CLI, 'serve'], {
    env: { ...process.env, PORT: String(port), CODEEXEC_RATE_LIMIT: 'off', CODEEXEC_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (let attempt = 0; attempt < 200; attempt++) {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
    if (ready?.ok) return { child, port }
    await sleep(100)
  }
  throw new Error('the service did not become ready')
}

function layersOf(language) {
  const wanted = { typescript: ['typescript', 'javascript', 'base'], cpp: ['cpp', 'c', 'base'] }[
    language
  ] ?? [language, 'base']
  const folder = path.join(DATA_DIR, 'images')
  const manifests = readdirSync(folder).filter((name) => /-[0-9a-f]{16}$/.test(name))
  return wanted
    .map((id) => manifests.findLast((name) => name.startsWith(`${id}-`)))
    .filter(Boolean)
    .map((name) => path.join(folder, name, 'rootfs'))
}

function check(result, expected, what) {
  if (result.status !== 200 || result.output !== expected)
    throw new Error(`${what} answered wrongly: ${JSON.stringify(result).slice(0, 300)}`)
  return result.ms
}

async function latency(program, service, bare) {
  const layers = layersOf(program.language)
  const rounds = program.heavy ? Math.max(5, Math.floor(ROUNDS / 5)) : ROUNDS
  const times = { bare: [], service: [], bubblewrap: [] }
  const cpu = []
  for (let round = -2; round < rounds; round++) {
    const sides = {
      bare: async ({ code }) => bare.run(program, code, layers),
      service: async ({ code }) => service.run(program.language, code),
      ...(hasBubblewrap && { bubblewrap: async ({ code }) => bare.run(program, code, layers, bubblewrap) }),
    }
    for (const [name, run] of Object.entries(sides)) {
      const made = instance(program)
      const result = await run(made)
      const ms = check(result, made.expected, `${program.name} (${name})`)
      if (round < 0) continue
      times[name].push(ms)
      if (result.cpuMs !== undefined) cpu.push(result.cpuMs)
    }
  }
  return {
    bare: summary(times.bare),
    service: summary(times.service),
    ...(hasBubblewrap && { bubblewrap: summary(times.bubblewrap) }),
    cpuMs: summary(cpu).p50,
  }
}

/** Requests per second with `concurrency` clients that each send the next request when they have their answer. */
async function throughput(program, service, concurrency) {
  let count = 0
  const times = []
  const started = performance.now()
  const end = started + SECONDS * 1000
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        const made = instance(program)
        times.push(check(await service.run(program.language, made.code), made.expected, program.name))
        count++
      }
    }),
  )
  return { perSecond: (count * 1000) / (performance.now() - started), ...summary(times) }
}

/** Latency from the moment a request was due, at a rate that leaves the machine idle in between. */
async function lowRate(program, run, perSecond) {
  const times = []
  const started = performance.now()
  for (let index = 0; index < perSecond * SECONDS; index++) {
    const due = started + (index * 1000) / perSecond
    await sleep(Math.max(0, due - performance.now()))
    const made = instance(program)
    const late = performance.now() - due
    times.push(late + check(await run(made.code), made.expected, program.name))
  }
  return summary(times)
}

const ms = (value) => (value === undefined ? '' : value.toFixed(value < 10 ? 2 : 1))
const ratio = (value, base) => `${ms(value)} (${(value / base).toFixed(2)})`

function printTable(results) {
  const rows = Object.entries(results.latency).map(([name, r]) => [
    name,
    ms(r.bare.p50),
    ratio(r.service.p50, r.bare.p50),
    ms(r.service.p95),
    ms(r.service.p99),
    r.bubblewrap ? ratio(r.bubblewrap.p50, r.bare.p50) : '',
    ms(r.cpuMs),
    ...CONCURRENCIES.map((c) => ms(results.throughput[name]?.[c]?.perSecond)),
  ])
  console.log(
    '| one at a time, ms | bare p50 | service p50 (ratio) | p95 | p99 | bubblewrap p50 (ratio) | CPU-ms | requests/s at 2 | at 8 | at 32 |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|---|')
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
  console.log('\n| Python hello at a low rate | bare p50 | service p50 (ratio) |\n|---|---|---|')
  for (const [rate, r] of Object.entries(results.lowRate))
    console.log(`| ${rate} requests a second | ${ms(r.bare.p50)} | ${ratio(r.service.p50, r.bare.p50)} |`)
}

function printComparison(results, earlier) {
  console.log('\n| against the earlier run | ratio to bare then | now |\n|---|---|---|')
  for (const [name, r] of Object.entries(results.latency)) {
    const then = earlier.latency[name]
    if (then)
      console.log(
        `| ${name} | ${(then.service.p50 / then.bare.p50).toFixed(2)} | ${(r.service.p50 / r.bare.p50).toFixed(2)} |`,
      )
  }
}

const machine = { cpus: cpus().length, kernel: release(), loadBefore: loadavg()[0] }
const { child, port } = await startService()
const service = new ServiceSide(port)
const bare = new BareSide()
const results = { machine, rounds: ROUNDS, seconds: SECONDS, latency: {}, throughput: {}, lowRate: {} }
try {
  for (const program of PROGRAMS) {
    if (options.only && !options.only.split(',').includes(program.language)) continue
    results.latency[program.name] = await latency(program, service, bare)
    results.throughput[program.name] = {}
    for (const concurrency of CONCURRENCIES)
      results.throughput[program.name][concurrency] = await throughput(program, service, concurrency)
  }
  const python = PROGRAMS.find(({ name }) => name === 'Python hello')
  for (const rate of options.only ? [] : LOW_RATES_PER_SECOND)
    results.lowRate[rate] = {
      bare: await lowRate(python, (code) => bare.run(python, code, layersOf('python')), rate),
      service: await lowRate(python, (code) => service.run('python', code), rate),
    }
  machine.loadAfter = loadavg()[0]
  console.log(
    `${machine.cpus} CPUs, Linux ${machine.kernel}, load ${ms(machine.loadBefore)} before and ${ms(machine.loadAfter)} after\n`,
  )
  printTable(results)
  if (options.compare) printComparison(results, JSON.parse(readFileSync(options.compare, 'utf8')))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`)
} finally {
  service.close()
  await bare.close()
  child.kill('SIGTERM')
}
