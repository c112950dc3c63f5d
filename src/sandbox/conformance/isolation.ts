import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'vitest'

import type { Bench } from './bench.js'
import { byKey } from './bench.js'
import type { CaseGroup } from './case.js'
import { converse } from './converse.js'

/** A server on the host's loopback, for as long as `use` runs; gives the number of connections it saw. */
async function connectionsToHost(use: (port: number) => Promise<void>): Promise<number> {
  let connections = 0
  const server: Server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    await use(address.port)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
  return connections
}

async function errnoOf(bench: Bench, ...args: readonly string[]): Promise<string | undefined> {
  return (await bench.run('reach', args)).lines[0]
}

/** What a program cannot see, reach or become. */
export const isolation: CaseGroup = (test) => {
  test('has nothing written back to the host’s disks', ['write-back', 'real-time'], async (bench) => {
    const ended = await bench.run('write-back')
    expect(ended.lines).toEqual(['sync ok', 'syncfs ok', 'fsync ok', 'fdatasync ok', 'range ok', 'advice ok'])
    // Tens of thousands of them: done, they would take minutes, and keep the host's disks busy.
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
  })

  test('has no network interface but loopback', ['network-interfaces'], async (bench) => {
    expect((await bench.run('network-interfaces')).lines).toEqual(['lo'])
  })

  for (const address of ['192.0.2.1', '203.0.113.1', '169.254.169.254', '198.51.100.1', '2001:db8::1']) {
    test(`reaches nothing outside: ${address}`, ['reach'], async (bench) => {
      const unreachable = expect.stringMatching(/^(ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT|EPERM|EACCES)$/u)
      expect(await errnoOf(bench, 'tcp', address, '53')).toEqual(unreachable)
      expect(await errnoOf(bench, 'udp', address, '53')).toEqual(unreachable)
    })
  }

  test('does not reach the host’s own loopback', ['reach'], async (bench) => {
    const connections = await connectionsToHost(async (port) => {
      expect(await errnoOf(bench, 'tcp', '127.0.0.1', String(port))).toBe('ECONNREFUSED')
      expect(await errnoOf(bench, 'tcp', '::ffff:127.0.0.1', String(port))).toMatch(/^E/u)
    })
    expect(connections).toBe(0)
  })

  test('does not reach an abstract socket of the host', ['reach-abstract'], async (bench) => {
    const name = `codeexec-conformance-${randomUUID()}`
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(`\0${name}`, resolve))
    try {
      expect((await bench.run('reach-abstract', [name])).lines).toEqual(['ECONNREFUSED'])
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  test('lets a program talk to itself over loopback', ['loopback'], async (bench) => {
    expect((await bench.run('loopback')).stdout.toString()).toBe('over loopback\n')
  })

  test('makes no sockets that lead round the network namespace', ['exotic-sockets'], async (bench) => {
    const kinds = byKey((await bench.run('exotic-sockets')).lines)
    expect(kinds.size).toBe(16)
    expect([...kinds].filter(([, errno]) => errno === 'ok')).toEqual([])
  })

  test('makes no pairs of sockets but local ones', ['socket-pairs'], async (bench) => {
    const ended = await bench.run('socket-pairs')
    expect(ended.lines).toEqual(['tried 11340'])
    expect(ended.exitCode).toBe(0)
  })

  test('keeps two sandboxes that run at once apart', ['plant', 'look'], async (bench) => {
    const planting = await converse(bench, 'plant', { stdin: 'interactive' }, async (running, said) => {
      await said('planted\n')
      expect((await bench.run('look')).lines).toEqual(['looked'])
      running.endInput()
    })
    expect(planting).toMatchObject({ exitCode: 0, stopReason: null })
    expect(planting.lines).toEqual(['planted'])
  })

  test('cannot read a file of the host', ['try-read'], async (bench) => {
    const folders = await Promise.all(
      [tmpdir(), '/var/tmp', '/dev/shm'].map((parent) => mkdtemp(path.join(parent, 'codeexec-canary-'))),
    )
    try {
      const canaries = folders.map((folder) => path.join(folder, 'canary'))
      await Promise.all(canaries.map((canary) => writeFile(canary, 'secret', { mode: 0o644 })))
      const ways = canaries.flatMap((canary) => [
        canary,
        `/proc/1/root${canary}`,
        `/proc/self/root/../../..${canary}`,
        `/proc/1/cwd/../../..${canary}`,
      ])
      const seen = byKey((await bench.run('try-read', ways)).lines)
      expect(seen.size).toBe(ways.length)
      expect([...seen].filter(([, errno]) => errno === 'ok' || errno === 'empty')).toEqual([])
    } finally {
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))
    }
  })

  test('cannot read what the kernel tells about the host', ['try-read'], async (bench) => {
    const secrets = [
      '/etc/shadow',
      '/proc/1/environ',
      '/proc/kcore',
      '/proc/kmsg',
      '/proc/keys',
      '/proc/timer_list',
      '/proc/sched_debug',
      '/proc/kallsyms-canary',
      '/proc/locks',
      '/proc/vmstat',
      '/proc/zoneinfo',
      '/proc/buddyinfo',
      '/proc/cgroups',
      '/proc/schedstat',
      '/proc/slabinfo',
      '/proc/vmallocinfo',
      '/proc/sys/fs/file-nr',
      '/proc/sys/fs/inode-nr',
      '/proc/sys/fs/dentry-state',
      '/proc/sys/kernel/pty/nr',
      '/sys/kernel/mm',
      '/sys/class/net/lo/address',
      '/dev/mem',
      '/dev/sda',
      '/dev/vda',
      '/dev/kmsg',
      '/dev/console',
    ]
    const seen = byKey((await bench.run('try-read', secrets)).lines)
    expect([...seen].filter(([, errno]) => errno === 'ok')).toEqual([])
  })

  test('cannot find the service’s environment', ['cat', 'proc'], async (bench) => {
    const ended = await bench.run('cat', ['/proc/self/environ', '/proc/1/environ', '/proc/1/cmdline'], {
      env: { ONLY: 'this' },
    })
    expect(ended.stdout.toString()).not.toContain('NODE')
    expect(ended.stdout.toString()).not.toContain('VITEST')
    expect(ended.stdout.toString().startsWith('ONLY=this\0')).toBe(true)
  })

  test('is nobody, and cannot become anybody', ['identity'], async (bench) => {
    const who = byKey((await bench.run('identity')).lines)
    for (const id of ['uid', 'euid', 'gid', 'egid']) expect(Number(who.get(id))).toBeGreaterThan(0)
    expect(who.get('group') ?? who.get('gid')).toBe(who.get('gid'))
    for (const call of ['setuid', 'setgid', 'setgroups']) expect(who.get(call)).not.toBe('ok')
  })

  test(
    'has no capabilities, no way to new privileges, and a system call filter',
    ['cat', 'proc'],
    async (bench) => {
      const status = (await bench.run('cat', ['/proc/self/status'])).lines
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(status).toContain(`${set}:\t0000000000000000`)
      expect(status).toContain('NoNewPrivs:\t1')
      expect(status).toContain('Seccomp:\t2')
    },
  )

  test('makes none of the forbidden system calls', ['forbidden-calls'], async (bench) => {
    const ended = await bench.run('forbidden-calls')
    expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
    const calls = byKey(ended.lines)
    expect(calls.size).toBeGreaterThan(50)
    const refused = new Set(['EPERM', 'ENOSYS', 'EACCES', 'SIGSYS'])
    expect([...calls].filter(([, answer]) => !refused.has(answer))).toEqual([])
  })
}
