/** A real server that speaks MongoDB's protocol, for tests. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MongoClient } from 'mongodb'

export interface MongodbServer {
  readonly url: string
  stop(): Promise<void>
  /** Only of a server that is ours to start: on the same port, with the records it had. */
  restart?(): Promise<void>
}

/** Undefined where there is neither a given server nor the means to build one. */
export async function startMongodb(): Promise<MongodbServer | undefined> {
  const given = process.env['MONGODB_URL']
  if (given !== undefined && given !== '') return { url: given, stop: () => Promise.resolve() }
  const binary = await ferretdb()
  return binary === undefined ? undefined : startFerretdb(binary)
}

async function ferretdb(): Promise<string | undefined> {
  const script = fileURLToPath(new URL('../../scripts/ferretdb.mjs', import.meta.url))
  try {
    return (await promisify(execFile)(process.execPath, [script])).stdout.trim()
  } catch {
    return undefined
  }
}

async function startFerretdb(binary: string): Promise<MongodbServer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'ferretdb-'))
  const port = await freePort()
  const url = `mongodb://127.0.0.1:${port}/codeexec`
  const start = (): ChildProcess =>
    spawn(
      binary,
      [
        '--handler=sqlite',
        `--sqlite-url=file:${directory}/`,
        `--state-dir=${directory}`,
        `--listen-addr=127.0.0.1:${port}`,
        '--debug-addr=-',
        '--telemetry=disable',
        '--log-level=ERROR',
      ],
      { stdio: 'ignore', env: { HOME: directory } },
    )
  let child = start()
  process.once('exit', () => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })
  await answers(url)
  return {
    url,
    async stop() {
      await ended(child)
    },
    async restart() {
      child = start()
      await answers(url)
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => {
    child.once('exit', resolve)
  })
  child.kill('SIGKILL')
  await exit
}

async function answers(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 20_000 })
  await client.db('admin').command({ ping: 1 })
  await client.close()
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
