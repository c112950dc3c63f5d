/** Builds deploy/Dockerfile on a private engine and runs containers of it. */
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { PrivateEngine } from '../../../scripts/docker/engine.mjs'
import { DEBIAN_IMAGE, makeDebian } from '../../../scripts/docker/prepare.mjs'
import { DEPLOY } from './prometheus.js'

const ROOT = path.dirname(DEPLOY.replace(/\/$/u, ''))
const IMAGE = 'codeexec-test/service:latest'
const TIMEOUT_MS = 20 * 60_000
/** Where a host keeps certificates of its own: behind a mirror that has one, a build needs them too. */
const CERTIFICATES = '/usr/local/share/ca-certificates'
/** As Debian's own images have it; without it packages stay in the image as they were fetched. */
const APT_CLEANS_UP = `Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
`
/** What earlier versions of the project have left in the engine's cache goes after so long. */
const KEPT = '72h'

export const hasDocker = ['docker', 'dockerd', 'mmdebstrap'].every(
  (name) => spawnSync('which', [name], { stdio: 'ignore' }).status === 0,
)

export interface ImageFacts {
  readonly Size: number
  readonly Config: { readonly User: string; readonly Healthcheck?: object }
}

export class ServiceImage {
  readonly #engine: PrivateEngine

  constructor(engine: PrivateEngine) {
    this.#engine = engine
  }

  async #docker(...argv: readonly string[]): Promise<string> {
    const env = { ...process.env, DOCKER_HOST: this.#engine.host, DOCKER_BUILDKIT: '0' }
    const options = { env, maxBuffer: 2 ** 28, timeout: TIMEOUT_MS }
    const { stdout, stderr } = await promisify(execFile)('docker', argv, options)
    return argv[0] === 'logs' ? stdout + stderr : stdout
  }

  /** From a Debian made here, as no image can be pulled; everything else is as an operator builds it. */
  async build(): Promise<void> {
    const base = await this.#buildBase()
    const file = path.join(DEPLOY, 'Dockerfile')
    const options = ['--network', 'host', '--build-arg', `DEBIAN=${base}`, '--target', 'service']
    await this.#docker('build', '-f', file, ...options, '-t', IMAGE, ROOT)
    await this.#docker('image', 'prune', '--force', '--filter', `until=${KEPT}`)
  }

  /** Debian with this host's way to npm's packages. */
  async #buildBase(): Promise<string> {
    await makeDebian(this.#engine)
    const registry = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).stdout.trim()
    const files = existsSync(CERTIFICATES)
      ? readdirSync(CERTIFICATES).filter((name) => name.endsWith('.crt'))
      : []
    const hash = createHash('sha256').update(registry).update(APT_CLEANS_UP)
    for (const name of files) hash.update(name).update(readFileSync(path.join(CERTIFICATES, name)))
    const base = `codeexec-test/service-base:${hash.digest('hex').slice(0, 16)}`
    const known = await this.#docker('images', '--quiet', base)
    if (known.trim() !== '') return base
    const context = mkdtempSync(path.join(tmpdir(), 'codeexec-base-'))
    try {
      mkdirSync(path.join(context, 'certificates'))
      for (const name of files)
        cpSync(path.join(CERTIFICATES, name), path.join(context, 'certificates', name))
      writeFileSync(path.join(context, 'npmrc'), `registry=${registry}\n`)
      writeFileSync(path.join(context, 'clean'), APT_CLEANS_UP)
      writeFileSync(
        path.join(context, 'Dockerfile'),
        `FROM ${DEBIAN_IMAGE}
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
COPY npmrc /root/.npmrc
COPY clean /etc/apt/apt.conf.d/docker-clean
COPY certificates ${CERTIFICATES}
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
`,
      )
      await this.#docker('build', '--network', 'host', '-t', base, context)
      return base
    } finally {
      rmSync(context, { recursive: true })
    }
  }

  async inspect(): Promise<ImageFacts> {
    const [facts] = JSON.parse(await this.#docker('image', 'inspect', IMAGE)) as [ImageFacts]
    return facts
  }

  /** Starts a role with no capability but those that `options` add. */
  async run(
    { role, name }: { readonly role: string; readonly name: string },
    options: readonly string[],
    settings: Readonly<Record<string, string>>,
  ): Promise<void> {
    const environment = Object.entries(settings).map(([key, value]) => `--env=${key}=${value}`)
    const always = ['--detach', '--init', '--network=host', '--cap-drop=ALL', `--name=${nameOf(name)}`]
    await this.#docker('run', ...always, ...options, ...environment, IMAGE, role)
  }

  async isRunning(name: string): Promise<boolean> {
    return (await this.#docker('inspect', '--format={{.State.Running}}', nameOf(name))).trim() === 'true'
  }

  /** What a program of the image says. */
  runOnce([program = '', ...argv]: readonly string[]): Promise<string> {
    return this.#docker('run', '--rm', '--network=none', `--entrypoint=${program}`, IMAGE, ...argv)
  }

  exec(name: string, argv: readonly string[]): Promise<string> {
    return this.#docker('exec', nameOf(name), ...argv)
  }

  async logs(name: string): Promise<string> {
    return this.#docker('logs', '--tail=50', nameOf(name))
  }

  /** Stops it as an operator does; resolves with its exit code. */
  async stop(name: string): Promise<number> {
    await this.#docker('stop', '--time=45', nameOf(name))
    return Number(await this.#docker('inspect', '--format={{.State.ExitCode}}', nameOf(name)))
  }

  async removeContainers(): Promise<void> {
    const ids = (await this.#docker('ps', '--all', '--quiet', '--filter=name=codeexec-test-')).split('\n')
    const found = ids.filter((id) => id !== '')
    if (found.length > 0) await this.#docker('rm', '--force', '--volumes', ...found)
  }
}

function nameOf(name: string): string {
  return `codeexec-test-${name}`
}
