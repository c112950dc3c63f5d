/** The sides that are compared: the service over HTTP, plain fork and exec, and bubblewrap. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Keeps connections open, as every client that calls more than once does. */
export class ServiceSide {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

  constructor(port) {
    this.port = port
  }

  /** Resolves with {status, ms, output, cpuMs}. */
  run(language, code) {
    const body = JSON.stringify({ language, code })
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

  close() {
    this.#agent.destroy()
  }
}

const here = path.dirname(new URL(import.meta.url).pathname)

/** A root file system made of an image's layers, with writable folders, in a mount namespace of its own. */
export class BareSide {
  #folder = mkdtempSync(path.join(tmpdir(), 'codeexec-bench-'))
  #servers = new Map()

  constructor() {
    const built = spawnSync('cc', ['-O2', '-o', path.join(this.#folder, 'bare'), path.join(here, 'bare.c')])
    if (built.status !== 0) throw new Error(`bare.c cannot be compiled: ${built.stderr.toString()}`)
  }

  #server(key, layers, wrap) {
    const known = this.#servers.get(key)
    if (known) return known
    const root = path.join(this.#folder, key)
    const box = path.join(this.#folder, `${key}.box`)
    mkdirSync(root)
    mkdirSync(box)
    // The folder of the sources is shared with this process; the rest exists only where the commands run.
    const script = [
      'set -e',
      `mount -t overlay -o ro,lowerdir=${layers.join(':')} image ${root}`,
      `mount --bind ${box} ${root}/box`,
      `for d in out tmp; do mount -t tmpfs tmpfs ${root}/$d; done`,
      `mount -t proc proc ${root}/proc`,
      `mount --bind /dev ${root}/dev`,
      `exec ${path.join(this.#folder, 'bare')} ${wrap ? '/' : root}`,
    ]
    const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script.join('\n')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const server = { child, root, box, rest: Buffer.alloc(0), waiting: [] }
    child.stdout.on('data', (chunk) => {
      server.rest = Buffer.concat([server.rest, chunk])
      for (;;) {
        const end = server.rest.indexOf(10)
        if (end === -1) return
        const [ns, code, size] = server.rest.toString('latin1', 0, end).split(' ').map(Number)
        if (server.rest.length < end + 1 + size) return
        const output = server.rest.toString('utf8', end + 1, end + 1 + size)
        server.rest = server.rest.subarray(end + 1 + size)
        server.waiting.shift()({ status: code === 0 ? 200 : code, ms: ns / 1e6, output })
      }
    })
    this.#servers.set(key, server)
    return server
  }

  /** `wrap` puts a program in front of each stage: bubblewrap, told which root to use. */
  run({ language, file, bare }, code, layers, wrap) {
    const server = this.#server(`${language}${wrap ? '-wrapped' : ''}`, layers, wrap)
    writeFileSync(path.join(server.box, file), code)
    const stages = bare.map((argv) => [...(wrap?.(server.root) ?? []), ...argv].join('\x1f'))
    return new Promise((resolve) => {
      server.waiting.push(resolve)
      server.child.stdin.write(`${stages.join('\x1e')}\n`)
    })
  }

  async close() {
    await Promise.all(
      Array.from(this.#servers.values(), ({ child }) => {
        const ended = new Promise((resolve) => child.once('close', resolve))
        child.stdin.end()
        return ended
      }),
    )
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** In front of a command: everything unshared, the image as root, as one would call it by hand. */
export function bubblewrap(root) {
  const writable = ['/box', '/out', '/tmp'].flatMap((folder) => ['--bind', `${root}${folder}`, folder])
  return [
    'bwrap',
    '--unshare-all',
    '--die-with-parent',
    '--ro-bind',
    root,
    '/',
    ...writable,
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--chdir',
    '/box',
    '--',
  ]
}

export const hasBubblewrap = existsSync('/usr/bin/bwrap')
