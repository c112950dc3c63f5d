/**
 * Can this machine do it? Facts are gathered in one place and judged in another, so that the judging is tested
 * without such machines. Each problem is one sentence that says what to do instead.
 */
import { spawnSync } from 'node:child_process'
// The default import: a named import that an old Node lacks would end it before it is told that it is old.
import fs from 'node:fs'
import { dirname, join } from 'node:path'

import { DATA_DIR, ROOT } from './paths.mjs'

const GIB = 1024 ** 3
const NODE_MINIMUM = [20, 19]
const DEBIAN_VERSIONS = new Set(['12', '13'])
const ARCHITECTURES = new Set(['x64', 'arm64'])

/** Room for the images of every language; a later start needs only room to work. */
const BYTES_TO_BUILD_IMAGES = 4 * GIB
const BYTES_TO_WORK = 1 * GIB

function osRelease() {
  if (!fs.existsSync('/etc/os-release')) return {}
  const pairs = fs
    .readFileSync('/etc/os-release', 'utf8')
    .split('\n')
    .map((line) => line.split('='))
    .filter((pair) => pair.length === 2)
  return Object.fromEntries(pairs.map(([key, value]) => [key, value.replaceAll('"', '')]))
}

function freeBytes(path) {
  let folder = path
  while (!fs.existsSync(folder)) folder = dirname(folder)
  if (!fs.statfsSync) return Number.POSITIVE_INFINITY
  const { bavail, bsize } = fs.statfsSync(folder)
  return bavail * bsize
}

/** Tries for real, with the tool every Debian has: counting capabilities would say nothing about seccomp or LSMs. */
function canMakeNamespaces() {
  const tried = spawnSync(
    'unshare',
    [
      '--mount',
      '--pid',
      '--net',
      '--ipc',
      '--uts',
      '--cgroup',
      '--fork',
      'mount',
      '-t',
      'tmpfs',
      'tmpfs',
      '/mnt',
    ],
    { timeout: 10_000, stdio: 'ignore' },
  )
  return tried.status === 0
}

/** What this machine is. */
export function gatherFacts() {
  const linux = process.platform === 'linux'
  const release = linux ? osRelease() : {}
  const root = linux && process.getuid() === 0
  return {
    platform: process.platform,
    architecture: process.arch,
    nodeVersion: process.versions.node,
    root,
    distribution: release.PRETTY_NAME ?? release.ID ?? 'unknown',
    debianVersion: release.ID === 'debian' ? (release.VERSION_ID ?? 'unreleased') : null,
    namespaces: root && canMakeNamespaces(),
    dataDir: DATA_DIR,
    imagesBuilt: fs.existsSync(join(DATA_DIR, 'images')),
    freeDataBytes: linux ? freeBytes(DATA_DIR) : 0,
    freeProjectBytes: linux ? freeBytes(ROOT) : 0,
  }
}

function nodeIsOld(version) {
  const [major, minor] = version.split('.').map(Number)
  return major < NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor < NODE_MINIMUM[1])
}

const gibibytes = (bytes) => `${(bytes / GIB).toFixed(1)} GiB`

/** One sentence for each thing that keeps codeexec from running here; empty when it can. */
export function judge(facts) {
  if (facts.platform !== 'linux') {
    return [
      `programs are isolated with Linux kernel features, which ${facts.platform} does not have; start it in a virtual machine with Debian 12 or 13.`,
    ]
  }
  const problems = []
  if (nodeIsOld(facts.nodeVersion)) {
    problems.push(
      `Node ${NODE_MINIMUM.join('.')} or newer is needed and this is ${facts.nodeVersion}; install a newer one (Debian 13's own nodejs package will do).`,
    )
  }
  if (!ARCHITECTURES.has(facts.architecture)) {
    problems.push(`the sandbox supports x64 and arm64 and this is ${facts.architecture}; use such a machine.`)
  }
  if (!DEBIAN_VERSIONS.has(facts.debianVersion)) {
    problems.push(
      `system packages and images come from Debian 12 or 13 and this is ${facts.distribution}; use one of these, in a virtual machine if need be.`,
    )
  }
  if (!facts.root) {
    problems.push(
      'sandboxes and system packages need root; start it with sudo, or as root in a virtual machine of its own.',
    )
  } else if (!facts.namespaces) {
    problems.push(
      'this machine does not let root make namespaces, as in most unprivileged containers; start it on the host or in a virtual machine, or give the container the capability SYS_ADMIN without a seccomp profile.',
    )
  }
  const neededBytes = facts.imagesBuilt ? BYTES_TO_WORK : BYTES_TO_BUILD_IMAGES
  if (facts.freeDataBytes < neededBytes) {
    problems.push(
      `${facts.dataDir} has ${gibibytes(facts.freeDataBytes)} free and ${gibibytes(neededBytes)} are needed; free some, or set CODEEXEC_DATA_DIR to a folder on a larger disk.`,
    )
  }
  if (facts.freeProjectBytes < BYTES_TO_WORK) {
    problems.push(
      `the project's disk has ${gibibytes(facts.freeProjectBytes)} free and ${gibibytes(BYTES_TO_WORK)} are needed; free some, or clone it to a larger disk.`,
    )
  }
  return problems
}
