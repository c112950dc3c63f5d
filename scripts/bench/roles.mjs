/** Processes of the built service, one role each, on free ports of the loopback interface. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

import { CLI } from '../lib/paths.mjs'

const READY_ATTEMPTS = 600
const ATTEMPT_MS = 100

function freePort() {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Starts a role and waits until it is ready. */
export async function startRole(role, environment) {
  const port = await freePort()
  const child = spawn(process.execPath, [CLI, 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      HOST: '127.0.0.1',
      PORT: String(port),
      CODEEXEC_ROLE: role,
      CODEEXEC_RATE_LIMIT: 'off',
      CODEEXEC_LOG_LEVEL: 'warn',
      ...environment,
    },
  })
  const ended = new Promise((resolve) => {
    child.once('exit', resolve)
  })
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  for (let attempt = 0; attempt < READY_ATTEMPTS && child.exitCode === null; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
    if (answer?.ok) return { port, stop }
    await new Promise((resolve) => {
      setTimeout(resolve, ATTEMPT_MS)
    })
  }
  await stop()
  throw new Error(`the role ${role} did not become ready`)
}
