/** Compiles what changed: TypeScript to dist/, the supervisor to native/build/. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { fingerprint, isStamped, stamp } from './fingerprint.mjs'
import { ROOT } from './paths.mjs'
import { run } from './run.mjs'
import { fail, say } from './say.mjs'

const BUILD_TIMEOUT_MS = 5 * 60_000
const DIST_STAMP = join(ROOT, 'dist', '.built-from')
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')

/** Everything dist/ is made from; the compiler's version stands in package-lock.json. */
const DIST_SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']

function refuse(result, sentence) {
  process.stderr.write(`${result.output.trimEnd()}\n`)
  fail(sentence)
}

const isTest = (path) => path.endsWith('.test.ts')

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
    refuse(result, 'the service does not compile (see above); use an unchanged checkout.')
  stamp(DIST_STAMP, sources)
}

/** Compiles the sandbox supervisor; make knows whether it has to. */
export async function buildSupervisor() {
  const result = await run(['make', '-C', 'native', '--no-print-directory'], {
    cwd: ROOT,
    timeoutMs: BUILD_TIMEOUT_MS,
  })
  if (result.code !== 0)
    refuse(result, 'the supervisor does not compile (see above); use an unchanged checkout.')
}
