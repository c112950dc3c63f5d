/**
 * A MongoDB-protocol server for the store's tests: FerretDB with its SQLite backend, pinned in scripts/ferretdb/ and
 * built once into the data folder with the Go toolchain. `node scripts/ferretdb.mjs` builds it and prints its path.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { DATA_DIR, ROOT } from './lib/paths.mjs'
import { run } from './lib/run.mjs'

export const FERRETDB_VERSION = 'v1.24.0'
const MODULE = 'github.com/FerretDB/FerretDB'

const MODULE_DIR = join(ROOT, 'scripts', 'ferretdb')
const CACHE_DIR = join(DATA_DIR, 'cache', `ferretdb-${FERRETDB_VERSION}`)
const BINARY = join(CACHE_DIR, 'ferretdb')
/** Two minutes on two cores when nothing is cached yet. */
const BUILD_TIMEOUT_MS = 15 * 60_000

const hasGo = () => {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Runs the Go command, out of others' way, and gives its output. */
async function go(...args) {
  const result = await run(['nice', 'go', ...args], { cwd: MODULE_DIR, timeoutMs: BUILD_TIMEOUT_MS })
  if (result.code !== 0) throw new Error(`FerretDB cannot be built:\n${result.output}`)
  return result.output
}

/**
 * Copies the module and adds the file that its release scripts write: the module does not carry it, and the server
 * refuses to start without it. Returns the module file that makes the build use the copy.
 */
function copyOfModule(directory) {
  const source = join(CACHE_DIR, 'source')
  rmSync(source, { recursive: true, force: true })
  cpSync(directory, source, { recursive: true })
  // The module cache is read-only, and so is what is copied from it.
  chmodSync(join(source, 'build', 'version'), 0o755)
  writeFileSync(join(source, 'build', 'version', 'version.txt'), FERRETDB_VERSION)
  const modfile = join(CACHE_DIR, 'go.mod')
  const pinned = readFileSync(join(MODULE_DIR, 'go.mod'), 'utf8')
  writeFileSync(modfile, `${pinned}\nreplace ${MODULE} => ${source}\n`)
  cpSync(join(MODULE_DIR, 'go.sum'), join(CACHE_DIR, 'go.sum'))
  return modfile
}

/** Path of the server program, built if need be; undefined where there is no Go toolchain to build it with. */
export async function ensureFerretdb() {
  if (existsSync(BINARY)) return BINARY
  if (!hasGo()) return undefined
  mkdirSync(CACHE_DIR, { recursive: true })
  const modfile = copyOfModule(JSON.parse(await go('mod', 'download', '-json', MODULE)).Dir)
  // Under another name until it is whole: an interrupted build leaves nothing that looks finished.
  const unfinished = `${BINARY}.${process.pid}`
  await go('build', '-trimpath', `-modfile=${modfile}`, '-o', unfinished, `${MODULE}/cmd/ferretdb`)
  renameSync(unfinished, BINARY)
  return BINARY
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const binary = await ensureFerretdb()
  process.stdout.write(
    `${binary ?? 'no Go toolchain: install one, or set MONGODB_URL for the tests of the store'}\n`,
  )
  process.exitCode = binary === undefined ? 1 : 0
}
