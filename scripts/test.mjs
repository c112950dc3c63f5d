/**
 * `npm test`: prepares a fresh clone, then runs every check one after the other and sums up.
 * `npm test -- --only unit,e2e` runs these alone. The last line is `N passed, N failed, N skipped`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { add, closingLine, countExit, countVitest } from './lib/counts.mjs'
import { ROOT } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { run, stopOnSignals } from './lib/run.mjs'
import { fail, say, seconds } from './lib/say.mjs'
import { IMAGES, SUITES } from './lib/suites.mjs'
import {
  PACKAGES_FOR_BROWSER,
  PACKAGES_TO_RUN,
  PACKAGES_TO_TEST,
  installWherePossible,
  packagesForEngine,
} from './lib/system-packages.mjs'

function chosenSuites() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } })
  if (values.only === undefined) return withImages(SUITES)
  const names = values.only.split(',')
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name))
  if (unknown.length > 0) {
    fail(`no suite is called ${unknown.join(', ')}; there are ${SUITES.map(({ name }) => name).join(', ')}.`)
  }
  return withImages(SUITES.filter(({ name }) => names.includes(name)))
}

/** Puts the building of images before the first suite that needs them. */
function withImages(suites) {
  const first = suites.findIndex(({ needsImages }) => needsImages)
  return first === -1 ? suites : suites.toSpliced(first, 0, IMAGES)
}

async function runSuite(suite, scratch) {
  say(`\n── ${suite.name}`)
  const startedAtMs = Date.now()
  const countsFile = join(scratch, `${suite.name}.json`)
  const counted = []
  for (const command of suite.commands) {
    const result = await run(command, {
      cwd: ROOT,
      env: { ...suite.env, VITEST_COUNTS: countsFile },
      timeoutMs: suite.timeoutMs,
      show: true,
    })
    counted.push(suite.counts === 'vitest' ? countVitest(result, countsFile) : countExit(result))
  }
  const counts = add(...counted)
  const line = `${suite.name.padEnd(12)} ${closingLine(counts)}  (${seconds(Date.now() - startedAtMs)})`
  say(line)
  return { ...counts, name: suite.name, line }
}

const suites = chosenSuites()
stopOnSignals()
await prepare([...PACKAGES_TO_RUN, ...PACKAGES_TO_TEST], PACKAGES_FOR_BROWSER)
if (suites.some(({ name }) => name === 'operations')) await installWherePossible(packagesForEngine())
const scratch = mkdtempSync(join(tmpdir(), 'codeexec-test-'))
const results = []
try {
  for (const suite of suites) results.push(await runSuite(suite, scratch))
} finally {
  rmSync(scratch, { recursive: true })
}

const sum = add(...results)
say('\n── all')
results.forEach(({ line }) => say(line))
// The failures come last: whoever keeps only the end of a log keeps them.
results.forEach(({ name, skips }) => skips.forEach((skip) => say(`skipped  ${name}: ${skip}`)))
results.forEach(({ name, failures }) => failures.forEach((failure) => say(`failed   ${name}: ${failure}`)))
say(closingLine(sum))
process.exitCode = sum.failed === 0 ? 0 : 1
