/**
 * `npm run bench`: the service against plain fork and exec of the same runtime, and against bubblewrap, interleaved in
 * one run so that the machine's changing speed meets all sides alike. Every answer is checked, every program is new;
 * what the compile cache saves when the same one comes again is measured apart.
 *
 * Options: --rounds N (40), --seconds S of each throughput measurement (5), --only LANGUAGES, --modes MODES of the
 * service (warm,cold; also docker), --overload SECONDS (60; 0: none), --endurance REQUESTS (10000; 0: none),
 * --json FILE, --compare FILE.
 * Read ratios, not milliseconds. Services are started by this script, with rate limit and request log off.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { parseArgs } from 'node:util'

import { bareLayers } from './bench/bare-images.mjs'
import { BareSide, bubblewrap, hasBubblewrap } from './bench/bare-side.mjs'
import { endurance, latency, lowRate, overload, repeated, throughput } from './bench/measure.mjs'
import { PROGRAMS } from './bench/programs.mjs'
import { printComparison, printResults } from './bench/report.mjs'
import { MODES, startService } from './bench/service-side.mjs'
import { fail, say } from './lib/say.mjs'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string' },
    modes: { type: 'string', default: 'warm,cold' },
    overload: { type: 'string', default: '60' },
    endurance: { type: 'string', default: '10000' },
    json: { type: 'string' },
    compare: { type: 'string' },
  },
})
const ROUNDS = Number(options.rounds)
const SECONDS = Number(options.seconds)
const MODE_NAMES = options.modes.split(',')
const CONCURRENCIES = [2, 8, 32]
const BARE_CONCURRENCY = 8
const LOW_RATES_PER_SECOND = [2, 10]
const ENDURANCE_CLIENTS = 32
const SMALL_PROGRAM = 'Python hello'
/** Languages whose programs are kept in the compile cache. */
const COMPILED = new Set(['c', 'cpp', 'go', 'java', 'typescript'])
/** Pools have filled and the machine has come to rest. */
const SETTLE_MS = 6000

const unknown = MODE_NAMES.find((mode) => !MODES[mode])
if (unknown) fail(`unknown mode: ${unknown}; there are ${Object.keys(MODES).join(', ')}.`)
const only = options.only?.split(',')
const programs = PROGRAMS.filter(({ language }) => !only || only.includes(language))
if (programs.length === 0) {
  const known = [...new Set(PROGRAMS.map(({ language }) => language))].join(', ')
  fail(`nothing to measure: --only takes languages, separated by commas, of ${known}.`)
}
const layers = await bareLayers([...new Set(programs.map(({ language }) => language))])

const machine = { cpus: cpus().length, kernel: release(), loadBefore: loadavg()[0] }
const services = {}
const bare = new BareSide()
const runBare = (program, code, place) => bare.run(program, code, layers[program.language], undefined, place)
const runWrapped = (program, code) => bare.run(program, code, layers[program.language], bubblewrap)
const results = {
  machine,
  rounds: ROUNDS,
  seconds: SECONDS,
  sides: MODE_NAMES,
  concurrencies: CONCURRENCIES,
  latency: {},
  throughput: {},
  repeated: {},
  lowRate: {},
  overload: {},
  endurance: {},
  lateness: {},
  memory: {},
}

const sideOf = (mode) => (program, code) => services[mode].run(program, code)
const noteMemory = (mode) => {
  const { memory } = results
  memory[mode].loadBytes = Math.max(memory[mode].loadBytes, services[mode].memoryBytes())
}

async function measureThroughput(program) {
  const measured = { bare: {}, ...Object.fromEntries(MODE_NAMES.map((mode) => [mode, {}])) }
  for (const concurrency of CONCURRENCIES) {
    if (concurrency === BARE_CONCURRENCY)
      measured.bare[concurrency] = await throughput(program, runBare, 'bare', concurrency, SECONDS)
    for (const mode of MODE_NAMES) {
      const late = program.name === SMALL_PROGRAM && concurrency === BARE_CONCURRENCY
      if (late) await services[mode].latenessMs()
      measured[mode][concurrency] = await throughput(program, sideOf(mode), mode, concurrency, SECONDS)
      if (late) results.lateness[mode] = await services[mode].latenessMs()
      noteMemory(mode)
    }
  }
  return measured
}

async function measureLowRates(program) {
  for (const rate of LOW_RATES_PER_SECOND) {
    results.lowRate[rate] = { bare: await lowRate(program, runBare, 'bare', rate, SECONDS) }
    for (const mode of MODE_NAMES)
      results.lowRate[rate][mode] = await lowRate(program, sideOf(mode), mode, rate, SECONDS)
  }
}

async function measureOverload(program, seconds) {
  for (const mode of MODE_NAMES) {
    const run = sideOf(mode)
    // Before and after, as the machine's speed changes.
    const peak = () => throughput(program, run, mode, BARE_CONCURRENCY, SECONDS)
    const before = await peak()
    const overloaded = await overload(program, run, before.perSecond * 2, seconds)
    const after = await peak()
    results.overload[mode] = { peakPerSecond: (before.perSecond + after.perSecond) / 2, ...overloaded }
  }
}

async function measureEndurance(program, requests) {
  for (const mode of MODE_NAMES)
    results.endurance[mode] = await endurance(program, sideOf(mode), requests, ENDURANCE_CLIENTS)
}

try {
  for (const mode of MODE_NAMES) {
    services[mode] = await startService(mode)
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    results.memory[mode] = { idleBytes: services[mode].memoryBytes(), loadBytes: 0 }
  }
  for (const program of programs) {
    say(program.name)
    const sides = {
      bare: runBare,
      ...Object.fromEntries(MODE_NAMES.map((mode) => [mode, sideOf(mode)])),
      ...(hasBubblewrap && { bubblewrap: runWrapped }),
    }
    const rounds = program.heavy ? Math.max(5, Math.floor(ROUNDS / 5)) : ROUNDS
    results.latency[program.name] = await latency(program, sides, rounds)
    results.throughput[program.name] = await measureThroughput(program)
    if (COMPILED.has(program.language)) {
      const sidesAlone = Object.fromEntries(MODE_NAMES.map((mode) => [mode, sideOf(mode)]))
      results.repeated[program.name] = await repeated(program, sidesAlone, rounds)
    }
  }
  const python = programs.find(({ name }) => name === SMALL_PROGRAM)
  if (python) await measureLowRates(python)
  if (Number(options.overload) > 0) await measureOverload(python ?? programs[0], Number(options.overload))
  if (Number(options.endurance) > 0) await measureEndurance(python ?? programs[0], Number(options.endurance))
  machine.loadAfter = loadavg()[0]
  printResults(results)
  if (options.compare) printComparison(results, JSON.parse(readFileSync(options.compare, 'utf8')))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`)
} finally {
  await bare.close()
  for (const service of Object.values(services)) await service.close()
}
