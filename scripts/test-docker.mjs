/**
 * The Docker driver's checks on a private engine: the driver conformance suite, what only this driver promises, the
 * hostile programs through a whole service, the engine's own death under load, TLS and runtimes, images and a registry. `npm run test:docker` runs it
 * alone; `npm test` runs it among its suites.
 *
 *   --languages=all     hostile programs of every language instead of the quick few
 *   --parts=driver      one or several of driver, hostile, engine, transport, images
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { CACHE, PrivateEngine, unfitness } from './docker/engine.mjs'
import { installEngine, installNeighbours, prepareImages, settingsFor } from './docker/prepare.mjs'
import { NOTHING, add, closingLine, countVitest } from './lib/counts.mjs'
import { ROOT } from './lib/paths.mjs'
import { run, stopOnSignals } from './lib/run.mjs'
import { say } from './lib/say.mjs'

const PART_TIMEOUT_MS = 12 * 60_000
const ALL_LANGUAGES_TIMEOUT_MS = 40 * 60_000
/** Interpreted and compiled, of both memory managements: the sandbox is the same for the others. */
const QUICK_LANGUAGES = ['bash', 'c', 'python', 'javascript']

function finish(counts) {
  if (process.env.VITEST_COUNTS) writeFileSync(process.env.VITEST_COUNTS, JSON.stringify(counts))
  say(closingLine(counts))
  process.exitCode = counts.failed === 0 ? 0 : 1
}

function skipped(reason) {
  return { ...NOTHING, skipped: 1, skips: [`docker: ${reason}`] }
}

async function vitest(scratch, project, file, env, timeoutMs = PART_TIMEOUT_MS) {
  const countsFile = join(scratch, `${project}-${file.replaceAll('/', '-')}.json`)
  const result = await run(
    [
      process.execPath,
      join('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=./scripts/lib/counting-reporter.mjs',
      file,
    ],
    { cwd: ROOT, env: { ...env, VITEST_COUNTS: countsFile }, timeoutMs, show: true },
  )
  // Vitest, which was ended, names nothing.
  if (result.timedOut) say(`  ${file} did not end within ${timeoutMs / 60_000} minutes`)
  return { ...countVitest(result, countsFile), timedOut: result.timedOut }
}

/**
 * Once more on a new engine, where nothing went on because the engine had locked itself up: once Debian 12's (20.10)
 * answered, but for none of its containers, while all that concerned them waited for locks in its network code.
 */
async function unlessLocked(engine, runPart) {
  const counts = await runPart()
  if (!counts.timedOut || (await engine.answersForContainers())) return counts
  say('  the engine has locked itself up: it answers, but for none of its containers; once more on a new one')
  await engine.stop('SIGKILL')
  await engine.start()
  return runPart()
}

async function runSuites(engine, languages, parts) {
  const dataDirectory = join(CACHE, 'service')
  mkdirSync(dataDirectory, { recursive: true })
  const settings = settingsFor(engine, dataDirectory)
  const scratch = mkdtempSync(join(tmpdir(), 'codeexec-test-docker-'))
  try {
    await prepareImages(engine, settings, languages)
    const env = {
      ...settings,
      CODEEXEC_TEST_DOCKER_HOST: engine.host,
      CODEEXEC_LANGUAGES: languages.join(','),
    }
    const counts = []
    const timeoutMs = languages.length > QUICK_LANGUAGES.length ? ALL_LANGUAGES_TIMEOUT_MS : PART_TIMEOUT_MS
    const runOnEngine = (project, file) =>
      unlessLocked(engine, () => vitest(scratch, project, file, env, timeoutMs))
    if (parts.has('driver')) counts.push(await runOnEngine('integration', 'src/sandbox/drivers/docker'))
    if (parts.has('hostile'))
      counts.push(await runOnEngine('hostile', 'tests/hostile/hostile.integration.test.ts'))
    // These start engines of their own, on the same images.
    await engine.stop()
    const own = { ...env, CODEEXEC_TEST_DOCKER_DATA: engine.dataRoot }
    for (const part of ['engine', 'transport', 'images'])
      if (parts.has(part)) counts.push(await vitest(scratch, 'e2e', `tests/e2e/docker-${part}.test.ts`, own))
    return add(...counts)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

const { values } = parseArgs({
  options: {
    languages: { type: 'string' },
    parts: { type: 'string', default: 'driver,hostile,engine,transport,images' },
  },
})
const parts = new Set(values.parts.split(','))
const chosen = values.languages?.split(',') ?? QUICK_LANGUAGES
const languages = chosen.includes('all')
  ? ['bash', 'c', 'cpp', 'go', 'java', 'javascript', 'python', 'ruby', 'typescript']
  : chosen
stopOnSignals()
const reason = unfitness()
if (reason === undefined) {
  await installEngine()
  await installNeighbours()
  const engine = new PrivateEngine()
  try {
    await engine.start()
    say(`  Docker Engine at ${engine.host}`)
    finish(await runSuites(engine, languages, parts))
  } finally {
    await engine.dispose()
  }
} else {
  finish(skipped(reason))
}
