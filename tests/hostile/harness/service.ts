/** Starts the built service as an operator would, and asks it over HTTP as a client would. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ParentGroup } from '../../../scripts/parent-group.mjs'

const ENTRY = fileURLToPath(new URL('../../../dist/main/cli.js', import.meta.url))

/** Far above anything an answer needs: it tells a dead service from a busy one, nothing finer. */
const ANSWER_TIMEOUT_MS = 60_000
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 45_000

export const DATA_DIRECTORY = process.env['CODEEXEC_DATA_DIR'] ?? '/var/lib/codeexec'

/** What runs the programs; the settings of that driver come from the environment of the tests. */
export const DRIVER = process.env['CODEEXEC_SANDBOX'] ?? 'namespaces'
const DRIVER_SETTINGS = /^(?:CODEEXEC_SANDBOX|CODEEXEC_LANGUAGES|CODEEXEC_DOCKER_\w+|DOCKER_HOST)$/

/** Why the suite can't run on this host, or undefined. */
export function reasonToSkip(): string | undefined {
  if (process.platform !== 'linux') return 'not Linux'
  if (process.getuid?.() !== 0) return 'not root'
  if (!existsSync(ENTRY)) return 'the service is not built (npm run build)'
  if (DRIVER === 'namespaces' && !existsSync(path.join(DATA_DIRECTORY, 'images')))
    return 'no images are built (npm start)'
  return undefined
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface Service {
  readonly pid: number
  readonly port: number
  /** The service's own folder for temporary files. */
  readonly temporaryFolder: string
  /** What the service has logged so far. */
  log(): string
  isRunning(): boolean
  get(address: string): Promise<Answer>
  post(address: string, body: unknown): Promise<Answer>
  stop(): Promise<number | null>
  /** Ends it as a crash does, without a last word. */
  crash(): Promise<void>
}

/**
 * `isReady: false` waits until it answers at all, where it is not expected to be ready. `within` is a control group that
 * it is started in, as a unit or a container is.
 */
export async function startService(
  environment: Readonly<Record<string, string>>,
  { isReady = true, within }: { readonly isReady?: boolean; readonly within?: ParentGroup } = {},
): Promise<Service> {
  const port = Number(environment['PORT'] ?? (await freePort()))
  const temporaryFolder = mkdtempSync('/tmp/hostile-service-')
  const databaseFolder = mkdtempSync('/tmp/hostile-database-')
  const command = [process.execPath, ENTRY, 'serve']
  const [program = '', ...argv] = within === undefined ? command : within.argv(command)
  const child = spawn(program, argv, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: temporaryFolder,
      HOST: '127.0.0.1',
      PORT: String(port),
      CODEEXEC_DATA_DIR: DATA_DIRECTORY,
      CODEEXEC_DATABASE_DIR: databaseFolder,
      CODEEXEC_RATE_LIMIT: 'off',
      CODEEXEC_INTERACTIVE_PER_CLIENT: '1000',
      CODEEXEC_SLOTS: '2',
      CODEEXEC_LOG_LEVEL: 'warn',
      CODEEXEC_COMPILE_WALL_TIME: '30s',
      CODEEXEC_COMPILE_CPU_TIME: '6s',
      // So that the suite can be run with warming switched off as well.
      CODEEXEC_WARM: process.env['CODEEXEC_WARM'],
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => DRIVER_SETTINGS.test(name))),
      ...environment,
    },
  })
  const log: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => log.push(String(chunk)))
  const service: Service = {
    pid: child.pid ?? 0,
    port,
    temporaryFolder,
    log: () => log.join(''),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    get: (address) => ask(port, 'GET', address),
    post: (address, body) => ask(port, 'POST', address, JSON.stringify(body)),
    stop: async () => {
      const code = await stop(child)
      rmSync(temporaryFolder, { recursive: true, force: true })
      rmSync(databaseFolder, { recursive: true, force: true })
      return code
    },
    crash: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
  await untilAnswered(service, isReady ? '/health/ready' : '/health')
  return service
}

async function untilAnswered(service: Service, address: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline && service.isRunning()) {
    const answer = await service.get(address).catch(() => undefined)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const words = service.log()
  await service.stop()
  throw new Error(`The service did not become ready. It said:\n${words}`)
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  const code = await ended
  clearTimeout(timer)
  return code
}

/** One connection per request, closed at once: nothing of the client's stays open in the service. */
function ask(port: number, method: string, address: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: address,
        agent: false,
        headers: {
          connection: 'close',
          ...(body !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
        },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
