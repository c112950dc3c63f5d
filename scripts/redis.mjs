/**
 * A real redis-server for tests and measurements, on a free port of the loopback interface, with a folder of its own.
 * `node scripts/redis.mjs` starts one, prints its address and runs until it is told to stop.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const ANSWER_ATTEMPTS = 200
const ATTEMPT_MS = 50

/** Whether a redis-server is installed. */
export function hasRedis() {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Gives the server's reply; an empty one when it cannot be reached. */
function sendCommand(port, command) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    const settle = (reply) => {
      socket.destroy()
      resolve(reply)
    }
    socket.once('data', (reply) => settle(reply.toString()))
    socket.once('error', () => settle(''))
  })
}

async function answers(port) {
  for (let attempt = 0; attempt < ANSWER_ATTEMPTS; attempt++) {
    if ((await sendCommand(port, 'PING')).startsWith('+PONG')) return
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS))
  }
  throw new Error('redis-server does not answer')
}

/**
 * Starts a server. With `appendOnly` it keeps every write on disk, so that it survives being killed; `options` are more
 * arguments of redis-server.
 */
export async function startRedis({ appendOnly = false, options: more = [] } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'codeexec-redis-'))
  const port = await freePort()
  const persistence = appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
  const place = ['--bind', '127.0.0.1', '--port', port, '--dir', directory, '--save', '']
  const options = [...place, ...persistence, ...more]
  let child
  let ended
  const start = async () => {
    child = spawn('redis-server', options.map(String), { stdio: 'ignore' })
    ended = new Promise((resolve) => {
      child.once('exit', resolve)
    })
    await answers(port)
  }
  const end = async (signal) => {
    child.kill(signal)
    await ended
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    directory,
    /** Starts it again, on the same port and with the same folder. */
    start,
    end,
    /** Loses everything, as a server without persistence does that starts again. */
    forget: () => sendCommand(port, 'FLUSHALL'),
    async stop() {
      await end('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const server = await startRedis()
  process.stdout.write(`${server.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.stop())
}
