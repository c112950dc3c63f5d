/** npm packages: installs them when what is installed is not what package-lock.json says. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { ROOT } from './paths.mjs'
import { run } from './run.mjs'
import { fail, say } from './say.mjs'

const NPM_TIMEOUT_MS = 10 * 60_000

function packagesIn(lockfile) {
  return existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, 'utf8')).packages : undefined
}

/**
 * Compares package-lock.json with the copy npm leaves in node_modules once it has finished: exact, quick, and right
 * as well when somebody ran npm by hand. Optional packages may be absent: they are those of other platforms.
 */
export function npmPackagesAreCurrent(root = ROOT) {
  const wanted = packagesIn(join(root, 'package-lock.json'))
  const present = packagesIn(join(root, 'node_modules', '.package-lock.json'))
  if (!wanted || !present) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    return found ? found.version === entry.version : entry.optional === true
  })
}

/** The npm that started this script, else the one in PATH. */
function npmCommand() {
  const started = process.env.npm_execpath
  return started && basename(started) === 'npm-cli.js' ? [process.execPath, started] : ['npm']
}

/**
 * Not `npm ci`: it refuses a lockfile that lacks optional packages of other platforms, and registries that mirror only
 * some platforms make such lockfiles. Not saving keeps package-lock.json as it is. No package's scripts are run.
 */
const INSTALL = ['install', '--no-save', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']

/** Installs the versions that package-lock.json names. */
export async function installNpmPackages() {
  if (npmPackagesAreCurrent()) return
  say('  installing npm packages')
  const result = await run([...npmCommand(), ...INSTALL], { cwd: ROOT, timeoutMs: NPM_TIMEOUT_MS })
  if (result.code === 0) return
  process.stderr.write(`${result.output.trimEnd()}\n`)
  fail(
    'npm could not install the packages of package-lock.json (see above); check the network and start again.',
  )
}
