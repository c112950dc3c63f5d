/**
 * Measures interactive sessions on loopback: the time from a program's write to its client's receipt, from closing the
 * socket to the program's death, and what sessions cost in memory. `node scripts/bench-interactive.mjs [--sessions 200] [--slots 120]`, after a build.
 *
 * Program and client read the same clock of the kernel (CLOCK_MONOTONIC), so one-way times can be taken.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'

import { CLI } from './lib/paths.mjs'
import { say } from './lib/say.mjs'

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '200' },
    slots: { type: 'string', default: '120' },
    writes: { type: 'string', default: '500' },
  },
})
const MIB = 2 ** 20
/** Sessions whose client leaves. */
const CLOSES = 50

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function startService() {
  const port = await freePort()
  const child = spawn(process.execPath, [CLI, 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      CODEEXEC_RATE_LIMIT: 'off',
      CODEEXEC_SLOTS: '2',
      CODEEXEC_INTERACTIVE_SLOTS: values.slots,
    },
  })
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
    if (ready?.ok) return { port, child }
    if (child.exitCode !== null) throw new Error('the service has not started')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function open({ port }, start, onMessage) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/interactive`)
  socket.on('open', () => socket.send(JSON.stringify({ type: 'start', ...start })))
  socket.on('message', (data) => onMessage(JSON.parse(Buffer.from(data).toString()), socket))
  return new Promise((resolve, reject) => {
    socket.on('close', resolve)
    socket.on('error', reject)
  })
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

function line(name, times) {
  const sorted = times.toSorted((a, b) => a - b)
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => quantile(sorted, share).toFixed(3))
  say(`${name}: median ${p50} ms, p90 ${p90} ms, p99 ${p99} ms (${times.length} times)`)
}

/** One-way: the program writes its clock, 5 ms apart, each write alone. */
async function measureWrites(service) {
  const times = []
  const code = `import os, time
for _ in range(${Number(values.writes)}):
    os.write(1, b"%d\\n" % time.monotonic_ns())
    time.sleep(0.005)
`
  await open(service, { language: 'python', code }, ({ type, data }) => {
    if (type !== 'stdout') return
    const now = process.hrtime.bigint()
    for (const written of data.trim().split('\n')) times.push(Number(now - BigInt(written)) / 1e6)
  })
  line('program’s write to client’s receipt', times)
}

/** There and back: a key pressed, and what the program makes of it. */
async function measureEchoes(service) {
  const times = []
  let sent = 0n
  await open(service, { language: 'bash', code: 'exec cat' }, ({ type, stage }, socket) => {
    if (type === 'stdout') times.push(Number(process.hrtime.bigint() - sent) / 1e6)
    else if (stage !== 'run') return
    if (times.length >= Number(values.writes)) socket.send(JSON.stringify({ type: 'stdin-end' }))
    else {
      sent = process.hrtime.bigint()
      socket.send(JSON.stringify({ type: 'stdin', data: 'x' }))
    }
  })
  line('key to echo, there and back', times)
}

/** Whether the kernel still has this process, and not only its exit status. */
function isAlive(pid) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function runs(pid, fileName) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .some((word) => word.endsWith(fileName))
  } catch {
    return false
  }
}

/** Closes the socket; resolves with the milliseconds until none of these processes is left. */
async function closeAndWait(socket, pids) {
  if (pids.length === 0) throw new Error('the program is not to be seen')
  const closedAt = process.hrtime.bigint()
  socket.close()
  while (pids.some(isAlive)) await new Promise((resolve) => setImmediate(resolve))
  return Number(process.hrtime.bigint() - closedAt) / 1e6
}

/** From the client's close to the moment no process of the program is left. */
async function measureCloses(service) {
  const times = []
  for (let round = 0; round < CLOSES; round += 1) {
    // Bash, for its file's name stands in its arguments, by which the host can tell it from others.
    const filename = `close-${randomUUID()}.sh`
    const code = 'echo up; read line'
    let waiting = Promise.resolve(Number.NaN)
    await open(service, { language: 'bash', files: [{ filename, code }] }, ({ type }, socket) => {
      if (type !== 'stdout') return
      const pids = below(service.child.pid).filter((pid) => runs(pid, filename))
      waiting = closeAndWait(socket, pids)
    })
    times.push(await waiting)
  }
  line('closing the socket to the program’s death', times)
}

/** Memory that only this process has plus its share of what it has with others. */
function proportionalBytes(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

function below(pid) {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(join('/proc', String(pid), 'task', thread, 'children'), 'utf8')
        .split(' ')
        .filter(Boolean),
    )
    return children.flatMap((child) => [Number(child), ...below(child)])
  } catch {
    // It has ended since it was listed.
    return []
  }
}

function memoryOf({ child }) {
  return {
    service: proportionalBytes(child.pid) / MIB,
    sandboxes: below(child.pid).reduce((sum, pid) => sum + proportionalBytes(pid), 0) / MIB,
  }
}

function answer(socket) {
  socket.send(JSON.stringify({ type: 'stdin', data: 'x\n' }))
}

/** All at once: those with a slot run, the others wait in the queue; then each is answered and ends. */
async function measureSessions(service) {
  const before = memoryOf(service)
  const sockets = []
  let [running, queued, succeeded] = [0, 0, 0]
  let answerAll = false
  const ends = Array.from({ length: Number(values.sessions) }, () => {
    let [isQueued, isUp] = [false, false]
    return open(service, { language: 'python', code: 'print("up")\ninput()' }, (message, socket) => {
      if (message.type === 'queued' && !isQueued) {
        isQueued = true
        queued++
      }
      if (message.type === 'stdout' && !isUp) {
        isUp = true
        running++
        sockets.push(socket)
        if (answerAll) answer(socket)
      }
      if (message.type === 'result' && message.result.runTimeStatus === 'succeeded') succeeded++
    })
  })
  while (running + queued < ends.length || running < Math.min(ends.length, Number(values.slots))) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const during = memoryOf(service)
  say(`${ends.length} sessions at once: ${running} run, ${queued} wait in the queue`)
  say(
    `memory of the service: ${before.service.toFixed(0)} MiB before, ${during.service.toFixed(0)} MiB during`,
  )
  const each = (during.sandboxes - before.sandboxes) / running
  say(
    `memory of supervisor and programs: ${during.sandboxes.toFixed(0)} MiB, ${each.toFixed(1)} MiB a program`,
  )
  answerAll = true
  sockets.forEach(answer)
  await Promise.all(ends)
  say(`${succeeded} of ${ends.length} were answered and succeeded`)
  if (succeeded !== ends.length) process.exitCode = 1
}

const service = await startService()
try {
  await measureWrites(service)
  await measureEchoes(service)
  await measureCloses(service)
  await measureSessions(service)
} finally {
  service.child.kill('SIGTERM')
}
