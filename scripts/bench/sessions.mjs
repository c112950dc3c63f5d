/** How a session feels: a key and its echo, and how soon its program is gone when its socket is. */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { WebSocket } from 'ws'

function open({ port }, start, onMessage) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/interactive`)
  socket.on('open', () => socket.send(JSON.stringify({ type: 'start', ...start })))
  socket.on('message', (data) => onMessage(JSON.parse(Buffer.concat([data].flat()).toString()), socket))
  return new Promise((resolve, reject) => {
    socket.on('close', resolve)
    socket.on('error', reject)
  })
}

/** Milliseconds from a key to its echo, so many times. */
export async function echoMilliseconds(service, times) {
  const samples = []
  let sentMs = 0
  await open(service, { language: 'bash', code: 'exec cat' }, ({ type, stage }, socket) => {
    if (type === 'stdout') samples.push(performance.now() - sentMs)
    else if (stage !== 'run') return
    if (samples.length >= times) socket.send(JSON.stringify({ type: 'stdin-end' }))
    else {
      sentMs = performance.now()
      socket.send(JSON.stringify({ type: 'stdin', data: 'x' }))
    }
  })
  return samples
}

/** Ids of living processes with this text in their command line. */
function processesNamed(text) {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text)
    } catch {
      return false
    }
  })
}

/** Milliseconds from the closing of a socket until nothing of its program is left. */
export async function goneMilliseconds(service) {
  const name = `gone-${randomUUID()}.sh`
  const files = [{ filename: name, code: 'echo up; sleep 100' }]
  let closedMs = 0
  await open(service, { language: 'bash', files }, ({ type }, socket) => {
    if (type !== 'stdout') return
    closedMs = performance.now()
    socket.terminate()
  })
  while (processesNamed(name).length > 0) await new Promise((resolve) => setTimeout(resolve, 1))
  return performance.now() - closedMs
}
