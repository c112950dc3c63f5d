/** The same work without the service: plain fork and exec, and bubblewrap, in the root of the same image. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

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
      // As on a machine of one's own: compilers may keep what they have built.
      `mount -t tmpfs tmpfs ${root}`,
      `mkdir ${root}/upper ${root}/work ${root}/root`,
      `mount -t overlay -o lowerdir=${layers.join(':')},upperdir=${root}/upper,workdir=${root}/work image ${root}/root`,
      `cd ${root}/root`,
      `mount --move . ${root}`,
      `mount --bind ${box} ${root}/box`,
      `for d in out tmp; do mount -t tmpfs tmpfs ${root}/$d; done`,
      `mount -t proc proc ${root}/proc`,
      `mount --bind /dev ${root}/dev`,
      `exec ${path.join(this.#folder, 'bare')} ${wrap ? '/' : root} ${box}.input`,
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

  /** `wrap` puts a program in front of each stage: bubblewrap, told which root to use. One at a time in each place. */
  run({ language, file, bare, stdin }, code, layers, wrap, place = 0) {
    const server = this.#server(`${language}${wrap ? '-wrapped' : ''}-${place}`, layers, wrap)
    writeFileSync(path.join(server.box, file), code)
    if (stdin === undefined) rmSync(`${server.box}.input`, { force: true })
    else writeFileSync(`${server.box}.input`, stdin)
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
