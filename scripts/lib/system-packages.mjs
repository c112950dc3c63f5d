/** Debian packages: finds the missing ones and installs only these. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'

import { run } from './run.mjs'
import { fail, say } from './say.mjs'

/** What building and running the service needs. */
export const PACKAGES_TO_RUN = [
  'gcc',
  'libc6-dev',
  'libseccomp-dev',
  'make',
  // Builds the images' root filesystems; the keyring lets it check Debian's signatures.
  'mmdebstrap',
  'debian-archive-keyring',
]

/**
 * What only the checks need: a virtual machine with a cgroup-v2 kernel and file systems for it; the shared queue's
 * Redis; the proxy and the monitoring that operators put around the service.
 */
export const PACKAGES_TO_TEST = [
  'qemu-system-x86',
  'e2fsprogs',
  'redis-server',
  'nginx-light',
  'gettext-base',
  'prometheus',
  'openssl',
]

/**
 * A Docker Engine that the service's own image is built on and run by, and its command line, which Debian has in a
 * package of its own since 13; without them those tests are skipped.
 */
export function packagesForEngine(release = readFileSync('/etc/os-release', 'utf8')) {
  const version = Number(/^VERSION_ID="?(\d+)/m.exec(release)?.[1])
  return version >= 13 ? ['docker.io', 'docker-cli'] : ['docker.io']
}

/** The browser that the page is tested in, and the fonts its pictures are made with; without it those tests are skipped. */
export const PACKAGES_FOR_BROWSER = ['chromium', 'fonts-dejavu-core', 'fonts-liberation']

const APT_TIMEOUT_MS = 15 * 60_000
const APT = ['apt-get', '-y', '-q', '-o', 'DPkg::Lock::Timeout=120']
const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive' }

/** Those of `packages` that are not installed. */
export function missingPackages(packages) {
  const query = spawnSync('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n', ...packages], {
    encoding: 'utf8',
  })
  const installed = new Set(
    (query.stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return packages.filter((name) => !installed.has(name))
}

function apt(...args) {
  return run([...APT, ...args], { env: ENVIRONMENT, timeoutMs: APT_TIMEOUT_MS })
}

const POLICY = '/usr/sbin/policy-rc.d'

/**
 * The checks start what they need themselves, on ports of their own: an nginx, a Redis or a Prometheus that the
 * installation starts would be one more service on somebody's machine. This file is Debian's way of saying so.
 */
async function withoutStartingServices(install) {
  if (existsSync(POLICY)) return install()
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return await install()
  } finally {
    rmSync(POLICY)
  }
}

function hasPackageLists() {
  try {
    return readdirSync('/var/lib/apt/lists').some(
      (name) => name.endsWith('_Packages') || name.includes('_Packages.'),
    )
  } catch {
    return false
  }
}

/** Installs what is missing, and ends the script when that fails. */
export async function installPackages(packages) {
  const { missing, output } = await tryToInstall(packages)
  if (missing.length === 0) return
  process.stderr.write(`${output.trimEnd()}\n`)
  fail(
    `apt-get could not install ${missing.join(' ')} (see above); check the network and /etc/apt/sources.list, or install them by hand and start again.`,
  )
}

/** Installs what is missing, and only says so when that fails: the tests that need it say why they are skipped. */
export async function installWherePossible(packages) {
  const { missing } = await tryToInstall(packages)
  if (missing.length > 0) say(`  without ${missing.join(' ')}: apt-get could not install them`)
}

/** Package lists are fetched when there are none, or when they proved too old. */
async function tryToInstall(packages) {
  const missing = missingPackages(packages)
  if (missing.length === 0) return { missing, output: '' }
  say(`  installing ${missing.join(' ')}`)
  const install = () => withoutStartingServices(() => apt('install', '--no-install-recommends', ...missing))
  const fresh = hasPackageLists()
  if (!fresh) await apt('update')
  let result = await install()
  if (result.code !== 0 && fresh) {
    await run(['dpkg', '--configure', '-a'], { env: ENVIRONMENT, timeoutMs: APT_TIMEOUT_MS })
    await apt('update')
    result = await install()
  }
  return { missing: missingPackages(packages), output: result.output }
}
