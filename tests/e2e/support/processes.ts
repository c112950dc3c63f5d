/** What the kernel says of the rights of processes. */
import { readdirSync, readFileSync } from 'node:fs'
import { processTree } from './host.js'

export interface RightsOf {
  readonly pid: number
  readonly name: string
  readonly uids: readonly number[]
  readonly groups: string
  /** Names of capabilities, sorted; `all` where nothing is missing. */
  readonly permitted: readonly string[]
  readonly effective: readonly string[]
  readonly bounding: readonly string[]
  readonly inheritable: readonly string[]
  readonly ambient: readonly string[]
  readonly noNewPrivileges: boolean
  readonly hasFilter: boolean
}

/** By number. */
const CAPABILITIES: Readonly<Record<number, string>> = {
  0: 'CHOWN',
  1: 'DAC_OVERRIDE',
  3: 'FOWNER',
  5: 'KILL',
  6: 'SETGID',
  7: 'SETUID',
  8: 'SETPCAP',
  10: 'NET_BIND_SERVICE',
  12: 'NET_ADMIN',
  18: 'SYS_CHROOT',
  21: 'SYS_ADMIN',
  24: 'SYS_RESOURCE',
  27: 'MKNOD',
}

function namesOf(mask: string): string[] {
  const bits = BigInt(`0x${mask}`)
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => ((bits >> BigInt(bit)) & 1n) === 1n)
    .map((bit) => CAPABILITIES[bit] ?? String(bit))
    .toSorted()
}

function parse(pid: number, status: string): RightsOf {
  const field = (name: string): string =>
    new RegExp(`^${name}:[^\\S\\n]*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? ''
  return {
    pid,
    name: field('Name'),
    uids: field('Uid').split(/\s+/u).map(Number),
    groups: field('Groups'),
    permitted: namesOf(field('CapPrm')),
    effective: namesOf(field('CapEff')),
    bounding: namesOf(field('CapBnd')),
    inheritable: namesOf(field('CapInh')),
    ambient: namesOf(field('CapAmb')),
    noNewPrivileges: field('NoNewPrivs') === '1',
    hasFilter: field('Seccomp') === '2',
  }
}

/** Of each thread of a process. */
export function threadRights(pid: number): RightsOf[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) =>
    parse(Number(thread), readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
  )
}

/** Of the process and all below it; those that end meanwhile are left out. */
export function familyRights(pid: number): RightsOf[] {
  return processTree(pid).flatMap((one) => {
    try {
      return [parse(one, readFileSync(`/proc/${one}/status`, 'utf8'))]
    } catch {
      return []
    }
  })
}
