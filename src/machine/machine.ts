/**
 * What this process and its programs may use: the least that any of their control groups allows, and never more than
 * the host has. Limits may be changed while the service runs, so they are read each time; where they are is not.
 */
import { availableParallelism, freemem, totalmem } from 'node:os'
import path from 'node:path'
import { findControlGroup, readText } from './control-group.js'
import type { ControlGroup, Controller, Host } from './control-group.js'

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
const MEMORY_FILES = {
  1: {
    limits: ['memory.limit_in_bytes'],
    usage: 'memory.usage_in_bytes',
    reclaimable: ['total_inactive_file', 'total_active_file'],
  },
  2: {
    limits: ['memory.max', 'memory.high'],
    usage: 'memory.current',
    reclaimable: ['inactive_file', 'active_file', 'slab_reclaimable'],
  },
} as const

export function createMachine(host: HostFigures): Machine {
  const group = findControlGroup(host)
  const levels = (controller: Controller): readonly string[] => group?.levels[controller] ?? []
  const least = (most: number, controller: Controller, read: (level: string) => number): number =>
    levels(controller).reduce((lowest, level) => Math.min(lowest, read(level)), most)
  const files = MEMORY_FILES[group?.version ?? 2]
  const memoryLimit = (level: string): number =>
    Math.min(...files.limits.map((name) => numberIn(path.join(level, name))))

  return {
    group,
    cpus: () => least(host.cpus(), 'cpu', group?.version === 1 ? quotaOfVersion1 : quotaOfVersion2),
    memoryBytes: () => least(host.memoryBytes(), 'memory', memoryLimit),
    availableBytes() {
      let lowest = hostAvailableBytes(host)
      for (const level of levels('memory')) {
        const limit = memoryLimit(level)
        const usage = numberIn(path.join(level, files.usage))
        if (limit === Number.POSITIVE_INFINITY || usage === Number.POSITIVE_INFINITY) continue
        const room = limit - usage
        // The longer file is read only where it matters.
        if (room < lowest) lowest = Math.min(lowest, room + reclaimableBytes(level, files.reclaimable))
      }
      return Math.max(0, lowest)
    },
    processes() {
      const most = least(Number.POSITIVE_INFINITY, 'pids', (level) => numberIn(path.join(level, 'pids.max')))
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

/** Infinity for `max`, for -1, and where there is no such file, as in the group at the root. */
function numberIn(file: string): number {
  return limitOf(readText(file))
}

function limitOf(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.POSITIVE_INFINITY
}

function quotaOfVersion1(level: string): number {
  return (
    numberIn(path.join(level, 'cpu.cfs_quota_us')) /
    Number(readText(path.join(level, 'cpu.cfs_period_us')) || 1)
  )
}

function quotaOfVersion2(level: string): number {
  const [quota = '', period = ''] = readText(path.join(level, 'cpu.max')).trim().split(' ')
  return limitOf(quota) / Number(period || 1)
}

function reclaimableBytes(level: string, keys: readonly string[]): number {
  const lines = readText(path.join(level, 'memory.stat')).split('\n')
  const values = lines.map((line) => line.split(' ')).filter(([key = '']) => keys.includes(key))
  return values.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
}

function hostAvailableBytes({ root }: Host): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readText(`${root}/proc/meminfo`))?.[1]
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024
}
