/**
 * How long the analysis of a 1,000-line file takes in each language: `node scripts/bench-analysis.mjs [runs]`.
 * Files are put together from tests/analysis/ordinary. Reads the compiled service, so build it first.
 * `analysis` is what a request waits for: message to the process, parse, rules, message back; `first` includes starting
 * the process and loading the grammar.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { ROOT } from './lib/paths.mjs'
import { fail, say } from './lib/say.mjs'

const LINES = 1_000
const TARGET_MS = 100
const RUNS = Number(process.argv[2] ?? 30)

function load(module) {
  const file = join(ROOT, 'dist', module)
  if (!existsSync(file)) fail('the service is not compiled; run npm run build first.')
  return import(pathToFileURL(file).href)
}

const { createProcessAnalyzer } = await load('analysis/process-analyzer.js')
const { LANGUAGE_DESCRIPTIONS } = await load('analysis/languages/index.js')

/** The ordinary programs of a language one after another, as often as it takes. */
function thousandLines(id) {
  const folder = join(ROOT, 'tests', 'analysis', 'ordinary', id)
  const lines = readdirSync(folder)
    .toSorted()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
  return Array.from({ length: LINES }, (_, index) => lines[index % lines.length]).join('\n')
}

function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
}

async function measure(id) {
  const [extension] = Object.keys(LANGUAGE_DESCRIPTIONS[id].grammars)
  const name = `main.${extension}`
  const content = Buffer.from(thousandLines(id))
  const request = { language: id, entryPoint: name, files: [{ name, content }] }
  const analyzer = createProcessAnalyzer()
  const times = []
  for (let run = 0; run <= RUNS; run++) {
    const startMs = performance.now()
    const { summary } = await analyzer.analyze(request)
    times.push(performance.now() - startMs)
    if (summary.status !== 'complete') fail(`${id}: ${summary.notes.join(' ')}`)
  }
  await analyzer.close()
  const [first, ...warm] = times
  const sorted = warm.toSorted((left, right) => left - right)
  return { kib: content.length / 1024, first, median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) }
}

const shown = (ms) => ms.toFixed(1).padStart(8)

say(`${LINES} lines, ${RUNS} runs each, in ms`)
say(
  `${'language'.padEnd(12)}${'KiB'.padStart(6)}${'first'.padStart(8)}${'median'.padStart(8)}${'p95'.padStart(8)}`,
)
const medians = []
for (const id of Object.keys(LANGUAGE_DESCRIPTIONS)) {
  const { kib, first, median, p95 } = await measure(id)
  medians.push(median)
  say(`${id.padEnd(12)}${kib.toFixed(0).padStart(6)}${shown(first)}${shown(median)}${shown(p95)}`)
}
const missed = medians.filter((median) => median >= TARGET_MS).length
say(
  missed === 0 ? `every median is under ${TARGET_MS} ms` : `${missed} medians are not under ${TARGET_MS} ms`,
)
process.exitCode = missed === 0 ? 0 : 1
