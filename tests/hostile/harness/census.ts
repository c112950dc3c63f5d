/**
 * Everything of the service and of sandboxed programs that exists on the host at one moment, counted by kind and
 * label. Taken before the first hostile program and after the last, the two must be equal.
 *
 * Labels hold no numbers that change from start to start (pids, inodes), so that a resource that was replaced by its
 * like is no difference, while one more or one less is.
 */
import { existsSync, readFileSync, readdirSync, lstatSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { DRIVER } from './service.js'
import type { Service } from './service.js'

/** Kind → label → how many. */
export type Census = ReadonlyMap<string, ReadonlyMap<string, number>>

export interface CensusScope {
  /** Null before it was started and after it was stopped. */
  readonly service: Service | null
  readonly dataDirectory: string
}

/** Programs run as 900000 to 900127; what watches over them inside has a uid beyond, for each of them its own. */
const SANDBOX_UID_FIRST = 900_000
const SANDBOX_UID_LAST = 999_999
/** Process names are cut at 15 characters. */
const SUPERVISOR = 'codeexec-superv'
const SHARED_FOLDERS = ['/tmp', '/var/tmp', '/dev/shm', '/run', '/run/lock', '/dev/mqueue']
const HOST_SETTINGS = [
  'kernel/core_pattern',
  'kernel/hostname',
  'kernel/modprobe',
  'vm/overcommit_memory',
  'net/ipv4/ip_forward',
]

interface Process {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly state: string
  readonly uid: number
}

export function takeCensus({ service, dataDirectory }: CensusScope): Census {
  const all = listProcesses()
  const sandboxed = all.filter((one) => isSandboxUid(one.uid) && !isOthers(all, one, service?.pid))
  const family = [...new Set([...(service === null ? [] : descendants(all, service.pid)), ...sandboxed])]
  // The guard, which the service starts, and the supervisor, which the guard starts.
  const guards = all.filter(({ parent }) => parent === service?.pid)
  const supervisors = all.filter(({ parent }) => guards.some(({ pid }) => pid === parent))
  return new Map([
    ['sandboxed processes', tally(sandboxed.map(({ name, state }) => `${name} (${state})`))],
    [
      'processes of the service',
      tally(family.map(({ name, state }) => (state === 'Z' ? `${name} (zombie)` : name))),
    ],
    ['supervisor', tally([...guards, ...supervisors].map(({ pid, name }) => `${name} ${pid}`))],
    ['cgroups', tally(cgroups(all, family))],
    ['mounts of the host', tally(mountPoints('self', /codeexec|overlay/))],
    ['mounts of the service', tally(mountsOf(family))],
    ['namespaces', tally(namespacesOf(family))],
    ['descriptors', tally(family.flatMap(descriptors))],
    [
      'files of the service',
      tally([...filesBelow(service?.temporaryFolder ?? '', 4), ...filesOfTheService(dataDirectory)]),
    ],
    ['files in shared folders', tally(SHARED_FOLDERS.flatMap(strayFiles))],
    ['shared memory and queues', tally(['shm', 'sem', 'msg'].flatMap(systemVObjects))],
    ['network interfaces', tally(readdirSync('/sys/class/net'))],
    [
      'settings of the host',
      tally(HOST_SETTINGS.map((name) => `${name}=${hostSetting(name)}`).concat(hostname())),
    ],
  ])
}

/** What the second census has more or less than the first, in words; empty when they are equal. */
export function differences(before: Census, after: Census): string[] {
  return [...before.keys()].flatMap((kind) => {
    const was = before.get(kind) ?? new Map<string, number>()
    const is = after.get(kind) ?? new Map<string, number>()
    return [...new Set([...was.keys(), ...is.keys()])]
      .filter((label) => was.get(label) !== is.get(label))
      .map((label) => `${kind}: ${label} was ${was.get(label) ?? 0}, is ${is.get(label) ?? 0}`)
  })
}

export function total(census: Census, kind: string): number {
  return [...(census.get(kind)?.values() ?? [])].reduce((sum, count) => sum + count, 0)
}

function tally(labels: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}

function isSandboxUid(uid: number): boolean {
  return uid >= SANDBOX_UID_FIRST && uid <= SANDBOX_UID_LAST
}

function listProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const status = readOrEmpty(`/proc/${name}/status`)
      const field = (key: string): string => new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? ''
      if (status === '') return []
      return [
        {
          pid: Number(name),
          parent: Number(field('PPid')),
          name: field('Name'),
          state: field('State'),
          uid: Number(field('Uid')),
        },
      ]
    })
}

function descendants(all: readonly Process[], root: number): Process[] {
  const children = all.filter(({ parent }) => parent === root)
  const self = all.filter(({ pid }) => pid === root)
  return [...self, ...children.flatMap(({ pid }) => descendants(all, pid))]
}

function isBelow(all: readonly Process[], { parent }: Process, service: number | undefined): boolean {
  if (parent === service) return true
  const above = all.find(({ pid }) => pid === parent)
  return parent > 1 && above !== undefined && isBelow(all, above, service)
}

/** Whether a process belongs to another instance of the service on this host: one of its ancestors is a supervisor. */
function isOthers(all: readonly Process[], { parent }: Process, service: number | undefined): boolean {
  if (parent <= 1 || parent === service) return false
  const above = all.find(({ pid }) => pid === parent)
  if (above === undefined || above.pid === service || isBelow(all, above, service)) return false
  return above.name.startsWith(SUPERVISOR) || isOthers(all, above, service)
}

/**
 * Every folder of the project below every hierarchy: all of version 1's, version 2, mixed ones. Those named after the
 * living supervisor of another instance are its own.
 */
function cgroups(all: readonly Process[], family: readonly Process[]): string[] {
  const others = all
    .filter((one) => one.name.startsWith(SUPERVISOR) && !family.includes(one))
    .map(({ pid }) => `/codeexec/${pid}-`)
  // Each service has its groups below the one it was started in; in there may be others' alone.
  const isOnlyOthers = (folder: string): boolean => {
    const instances = listOrEmpty(folder).filter(({ name }) => /^\d+-\d+$/.test(name))
    return (
      instances.length > 0 &&
      instances.every(({ name }) => others.some((other) => `/codeexec/${name}`.startsWith(other)))
    )
  }
  const found: string[] = []
  const walk = (folder: string): void => {
    for (const entry of listOrEmpty(folder)) {
      if (!entry.isDirectory()) continue
      const below = path.join(folder, entry.name)
      if (others.some((other) => below.includes(other)) || (entry.name === 'codeexec' && isOnlyOthers(below)))
        continue
      // An engine has groups of its own; this one is kept by services that make sandboxes themselves.
      if (DRIVER === 'docker' && entry.name === 'codeexec') continue
      if (/codeexec/i.test(below)) found.push(below.replaceAll(/\d+/g, 'N'))
      walk(below)
    }
  }
  walk('/sys/fs/cgroup')
  return found
}

function mountPoints(pid: string, concerned = /./): string[] {
  return readOrEmpty(`/proc/${pid}/mountinfo`)
    .split('\n')
    .filter((line) => concerned.test(line))
    .map((line) => {
      const [, , , , where = ''] = line.split(' ')
      // An engine names its containers' mounts by an id of 64 digits, their networks by one of 12.
      const place = where.replace(/[0-9a-f]{64}|(?<=\/netns\/)[0-9a-f]{12}/, 'ID')
      return `${place} ${line.split(' - ')[1]?.split(' ')[0] ?? ''}`
    })
}

/** One list per mount namespace but the host's own, named by a process that lives in it. */
function mountsOf(family: readonly Process[]): string[] {
  const hosts = linkOrEmpty('/proc/self/ns/mnt')
  const named = new Map<string, Process>()
  for (const process of family) {
    const namespace = linkOrEmpty(`/proc/${process.pid}/ns/mnt`)
    if (namespace !== '' && namespace !== hosts && !named.has(namespace)) named.set(namespace, process)
  }
  return [...named.values()].flatMap(({ pid, name }) =>
    mountPoints(String(pid)).map((point) => `${name}: ${point.replaceAll(/\d+/g, 'N')}`),
  )
}

/** Those the family lives in and those it keeps by a descriptor. */
function namespacesOf(family: readonly Process[]): string[] {
  const found = new Set<string>()
  for (const { pid } of family) {
    for (const folder of [`/proc/${pid}/ns`, `/proc/${pid}/fd`]) {
      for (const { name } of listOrEmpty(folder)) {
        const target = linkOrEmpty(path.join(folder, name))
        if (/^[a-z]+:\[\d+\]$/.test(target) && !/^(socket|pipe|anon_inode):/.test(target)) found.add(target)
      }
    }
  }
  return [...found].map((target) => target.slice(0, target.indexOf(':')))
}

/** The connections to an engine come and go; what they stand for, its containers, is counted by their mounts. */
function descriptors({ pid, name }: Process): string[] {
  const folder = `/proc/${pid}/fd`
  return (
    listOrEmpty(folder)
      .map((entry) => linkOrEmpty(path.join(folder, entry.name)))
      .filter((target) => target !== '' && !(DRIVER === 'docker' && target.startsWith('socket:')))
      // What a slot's network counts is opened by whichever thread renews it; whether that is still there is no difference.
      .map(
        (target) => `${name}: ${target.replaceAll(/\d+/g, 'N').replace(/^(\/proc\/.*) \(deleted\)$/, '$1')}`,
      )
  )
}

function filesBelow(folder: string, depth: number): string[] {
  return listOrEmpty(folder).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    if (entry.name.startsWith('codeexec-canary-')) return []
    return [file, ...(entry.isDirectory() && depth > 1 ? filesBelow(file, depth - 1) : [])]
  })
}

/** Images are left out: they are built and removed beside running services, too. */
function filesOfTheService(dataDirectory: string): string[] {
  const images = path.join(dataDirectory, 'images')
  return filesBelow(dataDirectory, 3).filter((file) => !file.startsWith(images))
}

/** Files of sandboxed users in folders that the whole host shares. (The service's own go to its TMPDIR.) */
function strayFiles(folder: string): string[] {
  return listOrEmpty(folder)
    .map((entry) => path.join(folder, entry.name))
    .filter((file) => {
      try {
        return isSandboxUid(lstatSync(file).uid)
      } catch {
        return false
      }
    })
}

function systemVObjects(kind: string): string[] {
  return readOrEmpty(`/proc/sysvipc/${kind}`)
    .split('\n')
    .slice(1)
    .filter((line) => line.split(/\s+/).some((field) => isSandboxUid(Number(field))))
    .map(() => kind)
}

function hostSetting(name: string): string {
  return readOrEmpty(`/proc/sys/${name}`).trim()
}

/** Processes end and folders go while they are looked at; that is no fault. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function linkOrEmpty(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

function listOrEmpty(folder: string) {
  try {
    return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  } catch {
    return []
  }
}
