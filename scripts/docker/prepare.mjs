/** What the Docker checks run on: the engine's packages, a Debian image made here, and the language images. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { ROOT } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { say } from '../lib/say.mjs'
import { installPackages, installWherePossible } from '../lib/system-packages.mjs'

export const ENGINE_PACKAGES = ['docker.io', 'mmdebstrap', 'debian-archive-keyring']
export const DEBIAN_IMAGE = 'codeexec-test/debian:trixie'
const DEBIAN_TIMEOUT_MS = 10 * 60_000
const IMAGES_TIMEOUT_MS = 30 * 60_000

export async function installEngine() {
  await installPackages(ENGINE_PACKAGES)
}

/** What an engine has around it: a registry, certificates. Tests that miss one say so. */
export async function installNeighbours() {
  await installWherePossible(['docker-registry', 'openssl'])
}

async function dockerClient(engine) {
  const { connectEngine } = await import(
    pathToFileURL(join(ROOT, 'dist', 'sandbox', 'drivers', 'docker', 'engine.js')).href
  )
  return connectEngine({ host: engine.host, certificates: undefined })
}

/** Settings of a service that uses this engine. */
export function settingsFor(engine, dataDirectory) {
  return {
    CODEEXEC_SANDBOX: 'docker',
    DOCKER_HOST: engine.host,
    CODEEXEC_DOCKER_BASE: DEBIAN_IMAGE,
    // The engine has no bridge; packages are fetched over the host's network.
    CODEEXEC_DOCKER_BUILD_NETWORK: 'host',
    CODEEXEC_DATA_DIR: dataDirectory,
  }
}

/** Debian as mmdebstrap makes it, as DEBIAN_IMAGE: no registry is needed. */
export async function makeDebian(engine) {
  const docker = await dockerClient(engine)
  const isThere = await docker
    .getImage(DEBIAN_IMAGE)
    .inspect()
    .then(
      () => true,
      () => false,
    )
  if (isThere) return
  say('  making a Debian image')
  const [repo, tag] = DEBIAN_IMAGE.split(':')
  const maker = spawn('mmdebstrap', ['--variant=minbase', '--format=tar', 'trixie', '-'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const timer = setTimeout(() => maker.kill('SIGKILL'), DEBIAN_TIMEOUT_MS)
  const ended = once(maker, 'exit')
  const answer = await docker.importImage(maker.stdout, { repo, tag })
  for await (const chunk of answer) void chunk
  const [code] = await ended
  clearTimeout(timer)
  if (code !== 0) throw new Error(`mmdebstrap ended with ${code}`)
}

/** Has the language images in the engine. */
export async function prepareImages(engine, settings, languages) {
  await makeDebian(engine)
  say(`  language images: ${languages.join(', ')}`)
  const cli = join(ROOT, 'dist', 'main', 'cli.js')
  const result = await run([process.execPath, cli, 'images', 'build', '--driver', 'docker', ...languages], {
    cwd: ROOT,
    env: settings,
    timeoutMs: IMAGES_TIMEOUT_MS,
    show: true,
  })
  if (result.code !== 0) throw new Error('the language images could not be built')
}
