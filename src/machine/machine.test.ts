import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMachine, thisMachine } from './machine.js'

const MEBIBYTE = 2 ** 20
const GIBIBYTE = 2 ** 30
const PID = 4321

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'machine-'))
  write(
    '/proc/meminfo',
    `MemTotal: ${(16 * GIBIBYTE) / 1024} kB\nMemAvailable: ${(8 * GIBIBYTE) / 1024} kB\n`,
  )
})
afterEach(() => rmSync(root, { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(path.dirname(root + file), { recursive: true })
  writeFileSync(root + file, text)
}

/** A group's folder with its files; `member` puts the process into it. */
function group(folder: string, files: Readonly<Record<string, string | number>>, member = false): void {
  write(`${folder}/cgroup.procs`, member ? `7\n${PID}\n` : '7\n')
  for (const [name, content] of Object.entries(files)) write(`${folder}/${name}`, `${content}\n`)
}

function mounted(mountRoot: string): void {
  write('/proc/self/mountinfo', `31 23 0:28 ${mountRoot} /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n`)
}

function machine() {
  return createMachine({ root, pid: PID, cpus: () => 8, memoryBytes: () => 16 * GIBIBYTE })
}

describe('without control groups', () => {
  it('tells what the host has', () => {
    const here = machine()
    expect(here.group).toBeUndefined()
    expect(here.cpus()).toBe(8)
    expect(here.memoryBytes()).toBe(16 * GIBIBYTE)
    expect(here.availableBytes()).toBe(8 * GIBIBYTE)
    expect(here.processes()).toBeUndefined()
  })
})

describe('on version 2', () => {
  beforeEach(() => {
    mounted('/')
    write('/proc/self/cgroup', '0::/app.slice/codeexec.service\n')
    group('/sys/fs/cgroup', { 'cgroup.controllers': 'cpu memory pids' })
    group('/sys/fs/cgroup/app.slice', { 'memory.max': 'max', 'cpu.max': '150000 100000', 'pids.max': '500' })
    group(
      '/sys/fs/cgroup/app.slice/codeexec.service',
      {
        'memory.max': 2 * GIBIBYTE,
        'memory.high': 'max',
        'memory.current': 1.5 * GIBIBYTE,
        'memory.stat': `anon ${GIBIBYTE}\nfile ${512 * MEBIBYTE}\ninactive_file ${100 * MEBIBYTE}\nactive_file ${28 * MEBIBYTE}\nslab_reclaimable 0`,
        'cpu.max': 'max 100000',
        'pids.max': '4096',
      },
      true,
    )
  })

  it('takes the least that the group and those above it allow', () => {
    const here = machine()
    expect(here.group).toMatchObject({ version: 2, paths: { memory: '/app.slice/codeexec.service' } })
    expect(here.cpus()).toBe(1.5)
    expect(here.memoryBytes()).toBe(2 * GIBIBYTE)
    expect(here.processes()).toBe(500)
  })

  it('counts caches of files as available', () => {
    expect(machine().availableBytes()).toBe((512 + 128) * MEBIBYTE)
  })

  it('hears of limits that change, and of the one that throttles', () => {
    const here = machine()
    write('/sys/fs/cgroup/app.slice/codeexec.service/memory.high', `${GIBIBYTE}\n`)
    expect(here.memoryBytes()).toBe(GIBIBYTE)
    expect(here.availableBytes()).toBe(0)
    write('/sys/fs/cgroup/app.slice/codeexec.service/cpu.max', '20000 100000\n')
    expect(here.cpus()).toBe(0.2)
  })

  it('is never above what the host has', () => {
    write('/sys/fs/cgroup/app.slice/codeexec.service/memory.max', `${64 * GIBIBYTE}\n`)
    write('/sys/fs/cgroup/app.slice/cpu.max', '6400000 100000\n')
    const here = machine()
    expect(here.memoryBytes()).toBe(16 * GIBIBYTE)
    expect(here.availableBytes()).toBe(8 * GIBIBYTE)
    expect(here.cpus()).toBe(8)
  })

  it('looks at the group, not at the leaf that its processes were moved into', () => {
    write('/proc/self/cgroup', '0::/app.slice/codeexec.service/codeexec-service\n')
    group('/sys/fs/cgroup/app.slice/codeexec.service/codeexec-service', { 'memory.max': 'max' }, true)
    const here = machine()
    expect(here.group?.paths.memory).toBe('/app.slice/codeexec.service')
    expect(here.group?.levels.memory).toEqual([
      `${root}/sys/fs/cgroup/app.slice/codeexec.service`,
      `${root}/sys/fs/cgroup/app.slice`,
      `${root}/sys/fs/cgroup`,
    ])
    expect(here.memoryBytes()).toBe(2 * GIBIBYTE)
  })

  it('finds it in a container that sees its own part', () => {
    mounted('/docker/0a1b')
    write('/proc/self/cgroup', '0::/docker/0a1b\n')
    group('/sys/fs/cgroup', { 'memory.max': 300 * MEBIBYTE }, true)
    expect(machine().memoryBytes()).toBe(300 * MEBIBYTE)
  })

  it('finds it in a container with a namespace of its own and the whole tree of the host', () => {
    mounted('/../..')
    write('/proc/self/cgroup', '0::/\n')
    const here = machine()
    expect(here.memoryBytes()).toBe(2 * GIBIBYTE)
    expect(here.cpus()).toBe(1.5)
  })

  it('falls back to the host where the group is not in sight', () => {
    write('/proc/self/cgroup', '0::/../other\n')
    const here = machine()
    expect(here.group).toBeUndefined()
    expect(here.memoryBytes()).toBe(16 * GIBIBYTE)
  })
})

describe('on version 1', () => {
  beforeEach(() => {
    const mounts = ['memory', 'cpu,cpuacct', 'pids'].map(
      (names, index) => `${index} 1 0:${index} / /v1/${names} rw - cgroup cgroup rw,${names}`,
    )
    write('/proc/self/mountinfo', [...mounts, '9 1 0:9 / /v1/unified rw - cgroup2 cgroup2 rw', ''].join('\n'))
    write('/proc/self/cgroup', '4:memory:/pod/a\n3:cpu,cpuacct:/pod\n2:pids:/\n0::/\n')
    group('/v1/memory', { 'memory.limit_in_bytes': '9223372036854771712' })
    group('/v1/memory/pod', { 'memory.limit_in_bytes': GIBIBYTE, 'memory.usage_in_bytes': 900 * MEBIBYTE })
    group(
      '/v1/memory/pod/a',
      {
        'memory.limit_in_bytes': 600 * MEBIBYTE,
        'memory.usage_in_bytes': 500 * MEBIBYTE,
        'memory.stat': `inactive_file 1\ntotal_inactive_file ${80 * MEBIBYTE}\ntotal_active_file 0`,
      },
      true,
    )
    group('/v1/cpu,cpuacct/pod', { 'cpu.cfs_quota_us': 20_000, 'cpu.cfs_period_us': 100_000 }, true)
    group('/v1/pids', {}, true)
  })

  it('takes the least that each hierarchy allows', () => {
    const here = machine()
    expect(here.group).toMatchObject({ version: 1, paths: { memory: '/pod/a', cpu: '/pod', pids: '/' } })
    expect(here.cpus()).toBe(0.2)
    expect(here.memoryBytes()).toBe(600 * MEBIBYTE)
    expect(here.processes()).toBeUndefined()
  })

  it('takes the group that has the least available, which may be one above', () => {
    expect(machine().availableBytes()).toBe(124 * MEBIBYTE)
  })

  it('knows a quota of -1 for none', () => {
    write('/v1/cpu,cpuacct/pod/cpu.cfs_quota_us', '-1\n')
    expect(machine().cpus()).toBe(8)
  })
})

it('tells plausible figures of this machine', () => {
  const here = thisMachine()
  expect(here.cpus()).toBeGreaterThan(0)
  expect(here.cpus()).toBeLessThanOrEqual(availableParallelism())
  expect(here.memoryBytes()).toBeLessThanOrEqual(totalmem())
  expect(here.availableBytes()).toBeGreaterThan(0)
  expect(here.availableBytes()).toBeLessThanOrEqual(here.memoryBytes())
})
