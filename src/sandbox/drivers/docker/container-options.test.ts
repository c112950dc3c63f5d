import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { CommandLimits } from '../../driver.js'
import { containerName, containerOptions } from './container-options.js'
import { engineOptions } from './engine.js'
import { MASKED_PATHS } from './masked-paths.js'
import { SECCOMP_PROFILE } from './seccomp-profile.js'
import { shapeKey, shapeOf } from './shape.js'
import { OutputCutter } from './stream.js'

const MIB = 1_048_576
const limits: CommandLimits = {
  wallTimeMs: 1000,
  cpuTimeMs: 1000,
  memoryBytes: 128 * MIB,
  maxProcesses: 50,
  outputBytes: 1000,
  fileSizeBytes: MIB,
  cpus: 0.5,
}
const spec = { files: [], fileSystemBytes: 64 * MIB }
const identity = { name: 'codeexec-pool-1', owner: 'me', uid: 900_000, runtime: undefined }

describe('a container', () => {
  const shape = shapeOf('codeexec/python:0123', spec, limits)
  const { HostConfig: host = {}, ...options } = containerOptions(shape, identity)

  it('has no network, no capability but the agent’s three, and a root that cannot be written to', () => {
    expect(host).toMatchObject({
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: ['SETGID', 'SETPCAP', 'SETUID'],
      Privileged: false,
      IpcMode: 'none',
      LogConfig: { Type: 'none' },
      RestartPolicy: { Name: 'no' },
    })
    expect(host.SecurityOpt).toContain('no-new-privileges:true')
    expect(host.Binds ?? host.Mounts ?? host.Devices).toBeUndefined()
  })

  it('is limited in memory without swap, CPUs and processes, the agent on top', () => {
    expect(host).toMatchObject({ NanoCpus: 500_000_000, PidsLimit: 51 })
    expect(host.Memory).toBeGreaterThanOrEqual(128 * MIB)
    expect(host.Memory).toBeLessThanOrEqual(136 * MIB)
    expect(host.MemorySwap).toBe(host.Memory)
    expect(host).toMatchObject({ KernelMemoryTCP: host.Memory })
  })

  it('has folders that together hold what was promised', () => {
    const total = Object.values(shape.folders).reduce((sum, bytes) => sum + bytes, 0)
    expect(total).toBeLessThanOrEqual(64 * MIB)
    expect(total).toBeGreaterThan(63 * MIB)
    for (const folder of Object.values(host.Tmpfs ?? {})) expect(folder).toContain('nosuid,nodev')
  })

  it('starts our agent with nothing of the service’s environment', () => {
    expect(options).toMatchObject({
      Entrypoint: ['/usr/local/lib/codeexec/agent', '900000'],
      Env: [],
      Tty: false,
    })
  })

  it('says whose it is', () => {
    expect(options.name).toBe('codeexec-pool-1')
    expect(options.Labels).toEqual({ 'io.codeexec.role': 'sandbox', 'io.codeexec.owner': 'me' })
  })

  it('runs under the runtime that was chosen', () => {
    expect(containerOptions(shape, { ...identity, runtime: 'runsc' }).HostConfig?.Runtime).toBe('runsc')
    expect(host).not.toHaveProperty('Runtime')
  })

  it.each([
    ['an id with a slash', () => containerName('run', '../x')],
    ['no id', () => containerName('run', '')],
    ['an id with a space', () => containerName('run', 'a b')],
    ['a long id', () => containerName('run', 'x'.repeat(200))],
    ['an image with an option', () => containerOptions({ ...shape, image: '--privileged' }, identity)],
    ['a runtime with a path', () => containerOptions(shape, { ...identity, runtime: '/bin/sh' })],
    ['memory below nothing', () => shapeOf('a', spec, { ...limits, memoryBytes: -1 })],
    ['memory that is no number', () => shapeOf('a', spec, { ...limits, memoryBytes: Number.NaN })],
    ['no CPUs', () => shapeOf('a', spec, { ...limits, cpus: 0 })],
    ['endless files', () => shapeOf('a', { ...spec, fileSystemBytes: Infinity }, limits)],
  ])('is refused before the engine hears of it: %s', (_, attempt) => {
    expect(attempt).toThrowError(expect.objectContaining({ name: 'SandboxError' }))
  })
})

/** Of a sandbox with one source of this size. */
function keyFor(bytes: number): string {
  const files = [{ name: 'a', content: new Uint8Array(bytes) }]
  const onDisk = (Math.ceil(bytes / 4096) + 1) * 4096
  return shapeKey(shapeOf('a', { files, fileSystemBytes: 64 * MIB + onDisk }, limits))
}

describe('shapes', () => {
  it('are the same for sources of a few bytes and of a few kilobytes', () => {
    expect(keyFor(5)).toBe(keyFor(50_000))
  })

  it('differ in what the engine enforces', () => {
    const key = shapeKey(shapeOf('a', spec, limits))
    for (const other of [{ memoryBytes: 64 * MIB }, { maxProcesses: 9 }, { cpus: 2 }])
      expect(shapeKey(shapeOf('a', spec, { ...limits, ...other }))).not.toBe(key)
    expect(shapeKey(shapeOf('b', spec, limits))).not.toBe(key)
  })
})

describe('what programs may do', () => {
  const source = readFileSync(new URL('../../../../native/src/mounts.c', import.meta.url), 'utf8')

  it('hides of /proc what the supervisor hides', () => {
    const masked = [...source.matchAll(/"(\/proc\/[a-z_./-]+)"/g)].map(([, path]) => path)
    const missing = masked.filter((path) => path !== '/proc/sys' && !MASKED_PATHS.includes(path ?? ''))
    expect(masked.length).toBeGreaterThan(20)
    expect(missing).toEqual([])
  })

  it('allows no call that the supervisor forbids, but the one the agent needs', () => {
    const allowed = SECCOMP_PROFILE.syscalls
      .filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && args === undefined)
      .flatMap(({ names }) => names)
    const never = ['mount', 'unshare', 'ptrace', 'bpf', 'keyctl', 'io_uring_setup', 'sync', 'fsync']
    for (const name of [...never, 'clone', 'socket', 'socketpair']) expect(allowed).not.toContain(name)
    expect(allowed).toContain('seccomp')
    expect(allowed).toContain('execve')
  })

  it.each(['socket', 'socketpair'])('refuses %s of every family that is not a program’s', (name) => {
    const rules = SECCOMP_PROFILE.syscalls.filter(({ names }) => names.includes(name))
    const families = (action: string): unknown[] =>
      rules.filter((rule) => rule.action === action).map(({ args }) => args?.[0]?.value)
    expect(families('SCMP_ACT_ALLOW')).toEqual(name === 'socket' ? [1, 2, 10, 16] : [1])
    expect(families('SCMP_ACT_ERRNO')).toHaveLength(name === 'socket' ? 42 : 45)
  })
})

describe('an engine’s address', () => {
  it.each([
    [undefined, { socketPath: '/var/run/docker.sock' }],
    ['unix:///run/user/1000/docker.sock', { socketPath: '/run/user/1000/docker.sock' }],
    ['tcp://engine:2375', { host: 'engine', port: 2375, protocol: 'http' }],
    ['tcp://engine:2376', { host: 'engine', port: 2376, protocol: 'https' }],
    ['https://engine', { host: 'engine', port: 2376, protocol: 'https' }],
  ])('%s', (host, expected) => {
    expect(engineOptions({ host, certificates: undefined })).toEqual(expected)
  })

  it('over ssh is refused with what to do instead', () => {
    expect(() => engineOptions({ host: 'ssh://engine', certificates: undefined })).toThrow(/tunnel/)
  })
})

/** As an engine sends it. */
function piece(stream: number, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(text.length, 4)
  return Buffer.concat([header, Buffer.from(text)])
}

describe('an engine’s stream', () => {
  it('is cut into its two streams wherever the pieces were broken', () => {
    const whole = Buffer.concat([piece(1, 'one'), piece(2, 'error'), piece(1, ''), piece(1, 'two')])
    for (let size = 1; size <= whole.length; size++) {
      let stdout = ''
      let stderr = ''
      const cutter = new OutputCutter()
      for (let at = 0; at < whole.length; at += size)
        cutter.read(whole.subarray(at, at + size), {
          stdout: (text) => (stdout += String(text)),
          stderr: (text) => (stderr += String(text)),
        })
      expect([size, stdout, stderr]).toEqual([size, 'onetwo', 'error'])
    }
  })
})
