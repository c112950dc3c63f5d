/**
 * What the embedded store takes with 100,000 records: `node scripts/bench-store.mjs [--records N] [--dist DIR]`.
 * Prints medians and worst cases in milliseconds, and how long the event loop was ever kept waiting.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { buildService } from './lib/build.mjs'
import { ROOT } from './lib/paths.mjs'
import { say, seconds } from './lib/say.mjs'

const { values } = parseArgs({
  options: { records: { type: 'string', default: '100000' }, dist: { type: 'string' } },
})
const records = Number(values.records)
if (values.dist === undefined) await buildService()
const dist = resolve(values.dist ?? join(ROOT, 'dist'))
const { createSqliteStore } = await import(pathToFileURL(join(dist, 'store', 'sqlite.js')).href)
const { AMPLE } = await import(pathToFileURL(join(dist, 'store', 'limits.js')).href)

const LANGUAGES = ['python', 'javascript', 'java', 'go', 'cpp', 'ruby', 'typescript', 'c', 'bash']
const START_MS = Date.UTC(2026, 0, 1)
const HOUR_MS = 3_600_000
const AT_ONCE = 500
const KEEP = { submissionMs: 1e15, executionMs: 1e15 }

const execution = (index) => ({
  jobId: randomUUID(),
  createdAtMs: START_MS + index,
  userId: 'anonymous',
  projectId: 'default',
  language: LANGUAGES[index % LANGUAGES.length],
  version: '1',
  code: `print(${index})\n`.repeat(20),
  output: `${index}\n`.repeat(20),
  errorMessage: null,
  status: index % 10 === 0 ? 'runtime_error' : 'succeeded',
  wallTimeMs: 1 + ((index * 7919) % 5000),
  cpuTimeMs: 1,
  memoryBytes: 1_000_000 + ((index * 104_729) % 200_000_000),
})
const limits = {
  wallTimeMs: 5000,
  cpuTimeMs: 5000,
  memoryBytes: 1,
  maxProcesses: 1,
  outputBytes: 1,
  fileSizeBytes: 1,
}
const submission = (index) => {
  const jobId = randomUUID()
  const files = [{ name: 'main.py', content: Buffer.from(`print(${index})\n`.repeat(20)) }]
  const language = LANGUAGES[index % LANGUAGES.length]
  const request = {
    jobId,
    language,
    files,
    entryPoint: 'main.py',
    stdin: new Uint8Array(),
    args: [],
    limits: { compile: limits, run: limits },
  }
  return {
    jobId,
    key: 'key',
    createdAtMs: START_MS + index,
    request,
    saveMetric: false,
    analyze: false,
    callbackUrl: null,
  }
}
const ending = (jobId, index) => ({
  status: 'finished',
  finishedAtMs: START_MS + index,
  analysis: null,
  result: {
    jobId,
    language: 'python',
    version: '1',
    status: 'succeeded',
    errorMessage: null,
    compile: null,
    run: null,
  },
})

async function inBatches(count, work) {
  const startedAtMs = performance.now()
  for (let from = 0; from < count; from += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => work(from + index)),
    )
  }
  const elapsedMs = performance.now() - startedAtMs
  return `${Math.round(count / (elapsedMs / 1000))} a second (${seconds(elapsedMs)})`
}

async function timed(repetitions, work) {
  const times = []
  for (let index = 0; index < repetitions; index++) {
    const startedAtMs = performance.now()
    await work(index)
    times.push(performance.now() - startedAtMs)
  }
  times.sort((left, right) => left - right)
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(2)
  return `p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   worst ${at(1)} ms`
}

const directory = mkdtempSync(join(tmpdir(), 'bench-store-'))
const file = join(directory, 'bench.db')
const store = createSqliteStore({ file, limits: AMPLE })
const megabytes = () => `${(statSync(file).size / 2 ** 20).toFixed(1)} MiB`
try {
  await store.check()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const executions = Array.from({ length: records }, (_, index) => execution(index))
  const submissions = Array.from({ length: records }, (_, index) => submission(index))
  delay.enable()
  say(
    `save ${records} executions       ${await inBatches(records, (index) => store.saveExecution(executions[index], { owner: 'bench' }))}`,
  )
  say(
    `add ${records} submissions       ${await inBatches(records, (index) => store.addSubmissions([submissions[index]], 'bench'))}`,
  )
  say(
    `end all but 100 of them         ${await inBatches(records - 100, (index) =>
      store.finishSubmission(submissions[index].jobId, ending(submissions[index].jobId, index)),
    )}`,
  )
  const any = (list, index) => list[(index * 7919) % records].jobId
  say(
    `read an execution               ${await timed(2000, (index) => store.getExecution(any(executions, index)))}`,
  )
  say(
    `read a submission               ${await timed(2000, (index) => store.getSubmission(any(submissions, index)))}`,
  )
  say(`list unfinished submissions     ${await timed(200, () => store.unfinishedSubmissions(100))}`)
  say(`metrics summary                 ${await timed(200, () => store.summarizeExecutions())}`)
  say(
    `add one submission, on the disk ${await timed(500, (index) => store.addSubmissions([submission(index)], 'bench'))}`,
  )
  say(`prune with nothing to do        ${await timed(20, () => store.prune(KEEP, START_MS))}`)
  say(`file size                       ${megabytes()}`)
  const pruned = performance.now()
  const half = START_MS + records / 2 + HOUR_MS
  const report = await store.prune({ ...KEEP, executionMs: HOUR_MS, submissionMs: HOUR_MS }, half)
  const count = report.deleted.executions + report.deleted.submissions
  say(
    `prune ${count} records            ${Math.round(count / ((performance.now() - pruned) / 1000))} a second`,
  )
  say(`file size afterwards            ${megabytes()}`)
  delay.disable()
  say(
    `event loop kept waiting         p99 ${(delay.percentile(99) / 1e6).toFixed(2)} ms   worst ${(delay.max / 1e6).toFixed(2)} ms`,
  )
} finally {
  await store.close()
  rmSync(directory, { recursive: true })
}
