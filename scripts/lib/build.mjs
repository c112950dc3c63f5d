/** Compiles what changed: TypeScript to dist/, the page to web/dist/, the supervisor to native/build/. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { fingerprint, isStamped, stamp } from './fingerprint.mjs'
import { ROOT } from './paths.mjs'
import { run, stopEverything } from './run.mjs'
import { fail, say } from './say.mjs'

const BUILD_TIMEOUT_MS = 5 * 60_000
const DIST_STAMP = join(ROOT, 'dist', '.built-from')
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')

/** Everything dist/ is made from; the compiler's version stands in package-lock.json. */
const DIST_SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']

async function refuse(result, sentence) {
  process.stderr.write(`${result.output.trimEnd()}\n`)
  // What is compiled at the same time must not go on after this script has ended.
  await stopEverything()
  fail(sentence)
}

const isTest = (path) => path.endsWith('.test.ts')

const PAGE = join(ROOT, 'web', 'dist')
/** In the folder that is emptied before every build: an interrupted one leaves no stamp. */
const PAGE_STAMP = join(PAGE, '.built-from')
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')

/** Everything the page is made from; its libraries' versions stand in package-lock.json. */
const PAGE_SOURCES = ['web', 'src/contract', 'package-lock.json']
const isNotOfPage = (path) => path === 'web/dist' || path.endsWith('.test.ts') || path.endsWith('.md')

/** Compiles src/ to dist/ unless dist/ was compiled from these very sources. */
export async function buildService() {
  const sources = fingerprint(ROOT, DIST_SOURCES, { skip: isTest })
  if (isStamped(DIST_STAMP, sources)) return
  say('  compiling the service')
  // From nothing: a module whose source was removed must not stay loadable.
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
  const result = await run([process.execPath, TSC, '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    timeoutMs: BUILD_TIMEOUT_MS,
  })
  if (result.code !== 0)
    await refuse(result, 'the service does not compile (see above); use an unchanged checkout.')
  stamp(DIST_STAMP, sources)
}

/** Bundles web/ to web/dist/ unless that was made from these very sources. */
export async function buildPage() {
  const sources = fingerprint(ROOT, PAGE_SOURCES, { skip: isNotOfPage })
  if (isStamped(PAGE_STAMP, sources)) return
  say('  building the page')
  rmSync(PAGE_STAMP, { force: true })
  const result = await run(
    [process.execPath, VITE, 'build', '--config', join('web', 'vite.config.ts'), '--logLevel', 'warn'],
    // A test runner's NODE_ENV would bundle React's development build.
    { cwd: ROOT, env: { NODE_ENV: 'production' }, timeoutMs: BUILD_TIMEOUT_MS },
  )
  if (result.code !== 0)
    await refuse(result, 'the page cannot be built (see above); use an unchanged checkout.')
  stamp(PAGE_STAMP, sources)
}

/** Compiles the sandbox supervisor; make knows whether it has to. */
export async function buildSupervisor() {
  const result = await run(['make', '-C', 'native', '--no-print-directory'], {
    cwd: ROOT,
    timeoutMs: BUILD_TIMEOUT_MS,
  })
  if (result.code !== 0)
    await refuse(result, 'the supervisor does not compile (see above); use an unchanged checkout.')
}
