/** The service under test, as its clients see it, and the process it is. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'

import { CLI } from '../lib/paths.mjs'

const READY_ATTEMPTS = 300
const ATTEMPT_MS = 100
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** The ways of running the service that can be measured, by their settings. */
export const MODES = {
  warm: { CODEEXEC_WARM: 'on' },
  cold: { CODEEXEC_WARM: 'off' },
  docker: { CODEEXEC_SANDBOX: 'docker' },
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Starts the service in a mode, waits until it is ready, and gives the side that talks to it. */
export async function startService(mode) {
  const port = await freePort()
  const child = spawn(process.execPath, [CLI, 'serve'], {
    env: {
      ...process.env,
      ...MODES[mode],
      PORT: String(port),
      CODEEXEC_RATE_LIMIT: 'off',
      CODEEXEC_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (let attempt = 0; attempt < READY_ATTEMPTS && child.exitCode === null; attempt++) {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
    if (ready?.ok) return new ServiceSide(port, child)
    await sleep(ATTEMPT_MS)
  }
  child.kill('SIGTERM')
  throw new Error(`the service (${mode}) did not become ready`)
}

/** More than may wait in the service, so that in overload requests wait there or are refused, and none waits here. */
const MOST_CONNECTIONS = 4096

/** Keeps connections open, as every client that calls more than once does. */
export class ServiceSide {
  #agent = new http.Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS })

  constructor(port, child) {
    this.port = port
    this.child = child
  }

  /** Resolves with {status, ms, output, cpuMs}. */
  run({ language, stdin }, code) {
    const body = JSON.stringify({ language, code, ...(stdin !== undefined && { stdin }) })
    return new Promise((resolve, reject) => {
      const started = performance.now()
      const request = http.request(
        {
          port: this.port,
          host: '127.0.0.1',
          path: '/api/v1/execute',
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          const chunks = []
          response.on('data', (chunk) => chunks.push(chunk))
          response.on('end', () => {
            const ms = performance.now() - started
            const answer = JSON.parse(Buffer.concat(chunks).toString())
            const usage = answer.result && [answer.result.compile?.usage, answer.result.usage]
            const cpuMs = usage?.reduce((sum, stage) => sum + (stage?.cpuTimeMs ?? 0), 0)
            resolve({ status: response.statusCode, ms, output: answer.result?.output, cpuMs })
          })
        },
      )
      request.on('error', reject)
      request.end(body)
    })
  }

  /** Memory of the service and everything it started, each page counted once, in bytes. */
  memoryBytes() {
    return processTree(this.child.pid).reduce((sum, pid) => sum + proportionalBytes(pid), 0)
  }

  async close() {
    this.#agent.destroy()
    const ended = new Promise((resolve) => {
      this.child.once('exit', resolve)
    })
    this.child.kill('SIGTERM')
    await ended
  }
}

function processTree(root) {
  const parents = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It ended while the list was read.
    }
  }
  const belongs = (pid) => pid === root || (parents.has(pid) && belongs(parents.get(pid)))
  return [...parents.keys()].filter(belongs)
}

function proportionalBytes(pid) {
  try {
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))
    return Number(pss?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
