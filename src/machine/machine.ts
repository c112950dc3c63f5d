/**
 * What this process and its programs may use: the least that any of their control groups allows, and never more than
 * the host has. Limits may be changed while the service runs, so they are read each time; where they are is not.
 */
import { availableParallelism, freemem, totalmem } from 'node:os'
import path from 'node:path'
import { findControlGroup } from './control-group.js'
import type { ControlGroup, Host } from './control-group.js'
import { KernelFile, numberOf } from './kernel-file.js'

export interface Machine {
  /** Undefined where it is not in sight. */
  readonly group: ControlGroup | undefined
  /** CPUs, a fraction where a quota says so. */
  readonly cpus: () => number
  readonly memoryBytes: () => number
  /** Bytes that can be had without swapping: caches of files are given back when somebody needs the room. */
  readonly availableBytes: () => number
  /** Processes and threads at once, where a group limits them. */
  readonly processes: () => number | undefined
}

export interface HostFigures extends Host {
  readonly cpus: () => number
  readonly memoryBytes: () => number
}

/** Names of files, and of lines in `memory.stat`, of the two versions. */
const NAMES = {
  1: {
    limits: ['memory.limit_in_bytes'],
    usage: 'memory.usage_in_bytes',
    reclaimable: /^total_(?:in)?active_file (\d+)$/gm,
    cpu: ['cpu.cfs_quota_us', 'cpu.cfs_period_us'],
  },
  2: {
    // Above the second the kernel throttles, and frees what it can.
    limits: ['memory.max', 'memory.high'],
    usage: 'memory.current',
    reclaimable: /^(?:(?:in)?active_file|slab_reclaimable) (\d+)$/gm,
    cpu: ['cpu.max'],
  },
} as const

export function createMachine(host: HostFigures): Machine {
  const group = findControlGroup(host)
  const names = NAMES[group?.version ?? 2]

  const memoryInfo = new KernelFile(`${host.root}/proc/meminfo`)
  const memory = (group?.levels.memory ?? []).map((level) => ({
    limits: names.limits.map((name) => new KernelFile(path.join(level, name))),
    usage: new KernelFile(path.join(level, names.usage)),
    statistics: new KernelFile(path.join(level, 'memory.stat')),
  }))
  const quotas = (group?.levels.cpu ?? []).map((level) =>
    names.cpu.map((name) => new KernelFile(path.join(level, name))),
  )
  const processLimits = (group?.levels.pids ?? []).map(
    (level) => new KernelFile(path.join(level, 'pids.max')),
  )

  return {
    group,
    cpus: () => Math.min(host.cpus(), ...quotas.map(quotaOf)),
    memoryBytes: () => Math.min(host.memoryBytes(), ...memory.map(limitOf)),
    availableBytes() {
      let lowest = hostAvailableBytes(memoryInfo)
      for (const level of memory) {
        const limit = limitOf(level)
        if (limit === Number.POSITIVE_INFINITY) continue
        const room = limit - level.usage.number()
        // The longer file is read only where it matters.
        if (room < lowest) lowest = Math.min(lowest, room + sumOf(level.statistics.text(), names.reclaimable))
      }
      return Math.max(0, lowest)
    },
    processes() {
      const most = Math.min(...processLimits.map((file) => file.number()))
      return most === Number.POSITIVE_INFINITY ? undefined : most
    },
  }
}

let machine: Machine | undefined

/** The machine this process is on; looked for once. */
export function thisMachine(): Machine {
  machine ??= createMachine({ root: '', pid: process.pid, cpus: availableParallelism, memoryBytes: totalmem })
  return machine
}

/** Version 1 writes "no limit" as the largest number of pages there is. */
const NO_LIMIT_BYTES = 2 ** 60

function limitOf({ limits }: { readonly limits: readonly KernelFile[] }): number {
  const least = Math.min(...limits.map((file) => file.number()))
  return least >= NO_LIMIT_BYTES ? Number.POSITIVE_INFINITY : least
}

/** Of one line with both numbers, or of a file for each. */
function quotaOf(files: readonly KernelFile[]): number {
  const [quota = '', period = ''] = files.flatMap((file) => file.text().trim().split(' '))
  return numberOf(quota) / Number(period || 1)
}

function sumOf(text: string, lines: RegExp): number {
  return [...text.matchAll(lines)].reduce((sum, [, bytes]) => sum + Number(bytes), 0)
}

function hostAvailableBytes(memoryInfo: KernelFile): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(memoryInfo.text())?.[1]
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024
}
