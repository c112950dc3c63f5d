/** The measurements: each sends new programs, checks every answer, and gives figures. */
import { instance } from './programs.mjs'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]

export function summary(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) }
}

function check(result, expected, what) {
  if (result.status !== 200 || result.output !== expected)
    throw new Error(`${what} answered wrongly: ${JSON.stringify(result).slice(0, 300)}`)
  return result
}

/** One program on one side, checked. `sides` maps names to functions (program, code, place) → result. */
async function once(program, run, what, place = 0) {
  const { code, expected } = instance(program)
  return check(await run(program, code, place), expected, `${program.name} (${what})`)
}

/** Times of all sides, one request at a time, in turns, so that the machine's changing speed meets all alike. */
export async function latency(program, sides, rounds) {
  const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
  const cpu = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
  for (let round = -2; round < rounds; round++) {
    for (const [name, run] of Object.entries(sides)) {
      const { ms, cpuMs } = await once(program, run, name)
      if (round < 0) continue
      times[name].push(ms)
      if (cpuMs !== undefined) cpu[name].push(cpuMs)
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, values]) => [
      name,
      { ...summary(values), ...(cpu[name].length > 0 && { cpuMs: summary(cpu[name]).p50 }) },
    ]),
  )
}

/**
 * Times of the same program again, one request at a time, as the compile cache answers it. The program is new to
 * the service before its first round, which is not counted.
 */
export async function repeated(program, sides, rounds) {
  const { code, expected } = instance(program)
  const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(sides)) {
      const { ms } = check(await run(program, code), expected, `${program.name} again (${name})`)
      if (round >= 0) times[name].push(ms)
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, summary(values)]))
}

/** Requests per second with so many clients, each of which sends its next when it has its answer. */
export async function throughput(program, run, what, concurrency, seconds) {
  const times = []
  const started = performance.now()
  const end = started + seconds * 1000
  await Promise.all(
    Array.from({ length: concurrency }, async (_, place) => {
      while (performance.now() < end) {
        const sent = performance.now()
        await once(program, run, what, place)
        times.push(performance.now() - sent)
      }
    }),
  )
  return { perSecond: (times.length * 1000) / (performance.now() - started), ...summary(times) }
}

/** Latency from the moment a request was due, at a rate that leaves the machine idle in between. */
export async function lowRate(program, run, what, perSecond, seconds) {
  const times = []
  const started = performance.now()
  for (let index = 0; index < perSecond * seconds; index++) {
    const due = started + (index * 1000) / perSecond
    await sleep(Math.max(0, due - performance.now()))
    const late = performance.now() - due
    times.push(late + (await once(program, run, what)).ms)
  }
  return summary(times)
}

/**
 * Requests come at a rate whoever is served: what is answered, what is refused and how fast, and how long one
 * request takes right after.
 */
export async function overload(program, run, perSecond, seconds) {
  const accepted = []
  const refused = []
  let wrong = 0
  const pending = []
  const started = performance.now()
  for (let index = 0; index < perSecond * seconds; index++) {
    await sleep(Math.max(0, started + (index * 1000) / perSecond - performance.now()))
    const { code, expected } = instance(program)
    pending.push(
      run(program, code).then(
        (result) => {
          if (result.status === 503 || result.status === 429) refused.push(result.ms)
          else if (result.status === 200 && result.output === expected)
            accepted.push({ ms: result.ms, at: performance.now() - started })
          else wrong += 1
        },
        () => {
          wrong += 1
        },
      ),
    )
  }
  const inTime = accepted.filter(({ at }) => at <= seconds * 1000).length
  await Promise.all(pending)
  const recovery = await once(program, run, 'after the overload')
  return {
    offeredPerSecond: perSecond,
    goodputPerSecond: inTime / seconds,
    accepted: summary(accepted.map(({ ms }) => ms)),
    refusedCount: refused.length,
    ...(refused.length > 0 && { refused: summary(refused) }),
    wrong,
    recoveryMs: recovery.ms,
  }
}

/** Very many requests: none may fail, and no answer may be wrong or lack output. */
export async function endurance(program, run, requests, clients) {
  const times = []
  let left = requests
  let wrong = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left-- > 0) {
        const { code, expected } = instance(program)
        const sent = performance.now()
        const { status, output } = await run(program, code).catch(() => ({}))
        if (status === 200 && output === expected) times.push(performance.now() - sent)
        else wrong += 1
      }
    }),
  )
  const perSecond = (times.length * 1000) / (performance.now() - started)
  return { requests, clients, wrong, perSecond, ...summary(times) }
}
