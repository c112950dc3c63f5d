/** Confines itself as an analysis process does, then tries what such a process must not do, and tells how it went. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readFileSync, readSync, readdirSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { Worker } from 'node:worker_threads'
import { confine } from '../../src/analysis/process/confine.js'

const [, , confinement = '', port = ''] = process.argv
const open = openSync('/etc/hostname', 'r')
confine(confinement)

const code = (error: unknown): string => (error as { code?: string }).code ?? String(error)

/** The code of the error with which it fails, or `done`. */
async function outcome(attempt: () => unknown): Promise<string> {
  try {
    await attempt()
    return 'done'
  } catch (error) {
    return code(error)
  }
}

async function inThread(): Promise<void> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     try { require('node:fs').readFileSync('/etc/passwd'); parentPort.postMessage('done') }
     catch (error) { parentPort.postMessage(error.code) }`,
    { eval: true },
  )
  const [heard] = (await once(worker, 'message')) as [string]
  if (heard !== 'done') throw Object.assign(new Error(heard), { code: heard })
}

const attempts: Record<string, () => unknown> = {
  'go on reading what was open': () => readSync(open, new Uint8Array(1)),
  'read a file': () => readFileSync('/etc/passwd'),
  'read itself': () => readFileSync('/proc/self/environ'),
  'list a folder': () => readdirSync('/'),
  'write a file': () => writeFileSync('/tmp/confined', ''),
  'make a folder': () => mkdirSync('/tmp/confined'),
  'connect to loopback': () => once(connect(Number(port), '127.0.0.1'), 'connect'),
  'connect to a socket file': () => once(connect('/run/docker.sock'), 'connect'),
  listen: () => once(createServer().listen(0, '127.0.0.1'), 'listening'),
  'start a program': () => {
    const { error } = spawnSync('/bin/true')
    if (error) throw error
  },
  'signal its parent': () => process.kill(process.ppid, 0),
  'read a file in a thread': inThread,
}
const outcomes: Record<string, string> = {}
for (const [name, attempt] of Object.entries(attempts)) outcomes[name] = await outcome(attempt)
process.send?.(outcomes, () => process.exit())
