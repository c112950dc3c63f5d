import { readFileSync } from 'node:fs'

import { expect } from 'vitest'

import type { RunningCommand } from '../driver.js'
import type { Bench, Ended } from './bench.js'
import { MIB } from './bench.js'
import type { CaseGroup } from './case.js'

const LIMIT = 64 * MIB
/** What may be there at once that nobody is charged with (native/src/uncharged.h), and what comes until it is seen. */
const UNCHARGED = 96 * MIB
const limits = { memoryBytes: LIMIT, cpuTimeMs: 15_000 }
/** For what ends by its memory, on emulated machines too. */
const UNTIL_ENDED = { memoryBytes: LIMIT, cpuTimeMs: 60_000, wallTimeMs: 120_000 }

/** Refused without exception, as where the kernel has no such thing. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'open-file-locks': /^EINVAL$/u,
  leases: /^EINVAL$/u,
  'folder-notes': /^EINVAL$/u,
  'socket-filters': /^ENOPROTOOPT$/u,
  'tcp-keys': /^ENOPROTOOPT$/u,
  'flow-labels': /^ENOPROTOOPT$/u,
  'huge-files': /^ENOMEM$/u,
  'huge-mappings': /^ENOMEM$/u,
  'huge-segments': /^ENOMEM$/u,
  'posix-queues': /^(EMFILE|ENOSYS|EACCES)$/u,
  'asynchronous-io': /^ENOSYS$/u,
  terminals: /^(ENOENT|EACCES|ENXIO|EPERM)$/u,
}

/** May be had, as many as the limits allow. */
const BOUNDED: readonly string[] = [
  'record-locks',
  'whole-file-locks',
  'unix-streams',
  'unix-datagrams',
  'tcp',
  'tcp-backlog',
  'tcp-closed',
  'udp',
  'udp-6',
  'netlink',
  'memberships',
  'pipes',
  'events',
  'timer-files',
  'signal-files',
  'polled-files',
  'watches',
  'timers',
  'signals',
  'segments',
  'semaphores',
  'messages',
  'attributes',
  'absent-names',
  'anonymous-files',
  'mappings',
  'rule-sets',
  'processes',
]

/** Of these alone a program can have more than its limit. */
const ENDED_FOR_MEMORY = new Set(['tcp', 'udp', 'udp-6', 'unix-streams', 'segments', 'netlink'])

function numberAfter(text: string, label: string): number {
  return Number(new RegExp(`${label}\\s*(\\d+)`, 'u').exec(text)?.[1] ?? 0)
}

/** Memory of the whole machine that its kernel holds for itself and cannot give back at once. */
function kernelBytes(): number {
  const memory = readFileSync('/proc/meminfo', 'latin1')
  const sockets = readFileSync('/proc/net/sockstat', 'latin1')
  const kibibytes = ['SUnreclaim:', 'VmallocUsed:'].reduce(
    (sum, label) => sum + numberAfter(memory, label),
    0,
  )
  const pages = ['TCP:.* mem', 'UDP:.* mem'].reduce((sum, label) => sum + numberAfter(sockets, label), 0)
  return kibibytes * 1024 + pages * 4096
}

interface Hoard {
  readonly ended: Ended
  /** Growth of `kernelBytes`, at its most. */
  readonly grownBytes: number
}

/** Runs the hoarder; another sandbox must be served while it holds what it has made. */
async function hoard(bench: Bench, kind: string): Promise<Hoard> {
  const before = kernelBytes()
  let most = before
  const sampling = setInterval(() => (most = Math.max(most, kernelBytes())), 10)
  let running: RunningCommand | undefined
  let neighbour: Promise<Ended> | undefined
  try {
    const endless = ENDED_FOR_MEMORY.has(kind)
    const ended = await bench.run('hoard', endless ? [kind, String(UNTIL_ENDED.cpuTimeMs)] : [kind], {
      limits: endless ? UNTIL_ENDED : limits,
      stdin: 'interactive',
      onStart: (command) => (running = command),
      onOutput: () => {
        neighbour ??= bench.run('hello').finally(() => running?.endInput())
      },
    })
    expect(await (neighbour ?? bench.run('hello'))).toMatchObject({ exitCode: 0, stopReason: null })
    return { ended, grownBytes: most - before }
  } finally {
    clearInterval(sampling)
  }
}

/** As many of each kind of kernel object as a program may make: charged to it or bounded, and truly reported. */
export const kernelObjects: CaseGroup = (test) => {
  for (const [kind, error] of Object.entries(REFUSED))
    test(`makes none: ${kind}`, ['hoard'], async (bench) => {
      const { ended } = await hoard(bench, kind)
      expect(ended).toMatchObject({ exitCode: 0, stopReason: null })
      for (const line of ended.lines) {
        const [name, made, errno] = line.split(' ')
        expect({ name, made, errno }).toEqual({ name: kind, made: '0', errno: expect.stringMatching(error) })
      }
    })

  for (const kind of BOUNDED)
    test(`bounds them: ${kind}`, ['hoard', 'real-time'], async (bench) => {
      const { ended, grownBytes } = await hoard(bench, kind)
      const { memoryBytes } = ended.usage
      expect(grownBytes).toBeLessThan(LIMIT + UNCHARGED)
      // An engine may give its containers no IPv6.
      const absent = ended.lines[0] === `${kind} 0 EADDRNOTAVAIL`
      if (ENDED_FOR_MEMORY.has(kind) && !absent) expect(ended.stopReason).toBe('memory')
      if (ended.stopReason === 'memory') {
        expect(memoryBytes).toBeGreaterThanOrEqual(LIMIT)
      } else {
        expect(ended.stopReason).toBeNull()
        expect(grownBytes - memoryBytes).toBeLessThan(UNCHARGED)
        expect(memoryBytes).toBeLessThanOrEqual(LIMIT + 8 * MIB)
      }
    })

  test('bounds netlink in a network that replaced a used one', ['loopback', 'hoard'], async (bench) => {
    await bench.inSandbox(async (box) => {
      expect(await box.run('loopback')).toMatchObject({ exitCode: 0 })
      const argv = ['netlink', String(UNTIL_ENDED.cpuTimeMs)]
      expect(await box.run('hoard', argv, { limits: UNTIL_ENDED })).toMatchObject({
        stopReason: 'memory',
      })
    })
  })
}
