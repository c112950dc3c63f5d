/**
 * A private Docker Engine for checks: its own data, socket and process id, no bridge and no firewall rules, so that it
 * needs no network of the host's and touches nothing of an engine that is there already. Its data stay in the cache,
 * so that images are built once.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const START_PATIENCE_MS = 60_000
const STOP_PATIENCE_MS = 60_000
const ANSWER_PATIENCE_MS = 20_000

/** Where a service keeps its caches; the same rule as the service's own. */
export const CACHE = join(
  process.env.CODEEXEC_DATA_DIR ?? (process.getuid?.() === 0 ? '/var/lib/codeexec' : 'data'),
  'cache',
  'docker',
)

export class PrivateEngine {
  #child
  #folder
  #ended
  #moreArguments

  constructor(dataRoot = join(CACHE, 'data'), moreArguments = []) {
    this.dataRoot = dataRoot
    this.#moreArguments = moreArguments
    // A socket's path may have no more than 107 characters, so it does not lie in the cache.
    this.#folder = mkdtempSync(join(tmpdir(), 'codeexec-engine-'))
    // A service passes it as an unprivileged user of the socket's group.
    chmodSync(this.#folder, 0o711)
    this.socket = join(this.#folder, 'docker.sock')
    this.host = `unix://${this.socket}`
  }

  get logFile() {
    return join(dirname(this.dataRoot), 'engine.log')
  }

  async start() {
    mkdirSync(this.dataRoot, { recursive: true })
    const log = createWriteStream(this.logFile, { flags: 'a' })
    const argv = [
      '--iptables=false',
      '--ip6tables=false',
      '--bridge=none',
      `--data-root=${this.dataRoot}`,
      `--exec-root=${join(this.#folder, 'exec')}`,
      `--host=${this.host}`,
      `--pidfile=${join(this.#folder, 'pid')}`,
      ...this.#moreArguments,
    ]
    this.#child = spawn('dockerd', argv, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    // However this process ends, the engine ends with it.
    process.once('exit', () => this.#child.kill())
    this.#child.stdout.pipe(log, { end: false })
    this.#child.stderr.pipe(log, { end: false })
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', resolve)
      this.#child.once('error', resolve)
    })
    const deadline = Date.now() + START_PATIENCE_MS
    while (!(await this.answers())) {
      if (Date.now() > deadline || this.#child.exitCode !== null) {
        await this.stop()
        throw new Error(`the Docker Engine did not start; ${this.logFile} says why`)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  /** Ends the engine; `signal` SIGKILL is a crash, which its containers outlive for a moment. */
  async stop(signal = 'SIGTERM') {
    if (this.#child === undefined) return
    this.#child.kill(signal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_PATIENCE_MS)
    await this.#ended
    clearTimeout(timer)
    this.#endHelper()
  }

  /** Stops it for good and forgets its socket; the data stay. */
  async dispose() {
    await this.stop()
    const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
    for (const mount of mounts
      .map((line) => line.split(' ')[1])
      .filter((path) => path?.startsWith(this.#folder)))
      spawnSync('umount', ['--lazy', mount])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /**
   * The containerd of an engine that was killed dies with it, but may not have been reaped when the next engine
   * starts, which would then wait for it in vain: for the file, it lives.
   */
  #endHelper() {
    const file = join(this.#folder, 'exec', 'containerd', 'containerd.pid')
    if (!existsSync(file)) return
    try {
      process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL')
    } catch (error) {
      if (error.code !== 'ESRCH') throw error
    }
    rmSync(file)
  }

  async answers() {
    return (await this.#get('/_ping'))?.status === 200
  }

  /** Whether it says what becomes of each of its containers: one that waits for itself does not. */
  async answersForContainers() {
    const list = await this.#get('/containers/json?all=1')
    if (list?.status !== 200) return false
    const answers = await Promise.all(
      JSON.parse(list.body).map(({ Id }) => this.#get(`/containers/${Id}/json`)),
    )
    return answers.every((answer) => answer !== undefined)
  }

  /** Status and body of an answer, or undefined where there is none in time. */
  #get(path) {
    if (!existsSync(this.socket)) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const options = { socketPath: this.socket, path, timeout: ANSWER_PATIENCE_MS }
      const asked = request(options, (answer) => {
        let body = ''
        answer.setEncoding('utf8').on('data', (text) => (body += text))
        answer.on('end', () => resolve({ status: answer.statusCode, body }))
      })
      asked.on('timeout', () => asked.destroy())
      asked.on('close', () => resolve(undefined))
      asked.on('error', () => resolve(undefined))
      asked.end()
    })
  }
}

/** Why there can be no private engine here, or undefined. */
export function unfitness() {
  if (process.platform !== 'linux') return 'a Docker Engine of its own needs Linux'
  if (process.getuid?.() !== 0) return 'a Docker Engine of its own needs root'
  return undefined
}
