/** The service under test, as its clients see it, and the process it is. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

import { CLI } from '../lib/paths.mjs'
import { HttpClient } from './http-client.mjs'

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

/** Node measures by timers so far apart. */
const TIMER_MS = 10

/** Keeps connections open, as every client that calls more than once does. */
export class ServiceSide {
  #client
  #port

  constructor(port, child) {
    this.child = child
    this.#port = port
    this.#client = new HttpClient(port)
  }

  /** Resolves with {status, ms, output, cpuMs}. */
  async run({ language, stdin }, code) {
    const sent = JSON.stringify({ language, code, ...(stdin !== undefined && { stdin }) })
    const started = performance.now()
    const { status, body } = await this.#client.post('/api/v1/execute', sent)
    const ms = performance.now() - started
    const answer = JSON.parse(body)
    const usage = answer.result && [answer.result.compile?.usage, answer.result.usage]
    const cpuMs = usage?.reduce((sum, stage) => sum + (stage?.cpuTimeMs ?? 0), 0)
    return { status, ms, output: answer.result?.output, cpuMs }
  }

  /**
   * How late Node's thread came to its timers since this was last asked, in ms: {p50, p99, most}. What it does without a
   * pause makes it late, and others that have the CPUs.
   */
  async latenessMs() {
    const text = await fetch(`http://127.0.0.1:${this.#port}/metrics`).then((answer) => answer.text())
    const seconds = (name) =>
      Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (.+)$`, 'mu').exec(text)?.[1])
    const late = (name) => Math.max(0, seconds(name) * 1000 - TIMER_MS)
    return { p50: late('p50'), p99: late('p99'), most: late('max') }
  }

  /** Memory of the service and everything it started, each page counted once, in bytes. */
  memoryBytes() {
    return processTree(this.child.pid).reduce((sum, pid) => sum + proportionalBytes(pid), 0)
  }

  async close() {
    this.#client.close()
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
