/**
 * The control group that the service was put into, and those above it as far as they are mounted here. The supervisor
 * makes the sandboxes' groups below it (native/src/cgroup_place.c looks for it in the same way), so what limits and
 * counts the service limits and counts programs.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Where the supervisor moves the service's own processes on v2; the group above it is the service's. */
const SERVICE_LEAF = 'codeexec-service'
/** Groups of containers in pods are four or five levels down. */
const SEARCH_DEPTH = 12

const CONTROLLERS = ['memory', 'cpu', 'pids'] as const
export type Controller = (typeof CONTROLLERS)[number]

export interface ControlGroup {
  readonly version: 1 | 2
  /** As the kernel names it for this process, by controller. */
  readonly paths: Readonly<Record<Controller, string>>
  /** Folders of the group and of those above it, the own one first. */
  readonly levels: Readonly<Record<Controller, readonly string[]>>
}

export interface Host {
  /** Stands before every path that is read: a folder that plays the host in tests. */
  readonly root: string
  readonly pid: number
}

interface Mount {
  readonly root: string
  readonly point: string
  readonly type: string
  readonly controllers: readonly string[]
}

/** Undefined where the group is not in sight, or none is used. */
export function findControlGroup(host: Host): ControlGroup | undefined {
  const mounts = readMounts(host)
  const memberships = readText(`${host.root}/proc/self/cgroup`).split('\n').map(readMembership)
  const locate = (type: string, controller: string): Located | undefined => {
    const own = memberships.find(({ names }) => names.includes(type === 'cgroup2' ? '' : controller))?.path
    if (own === undefined) return undefined
    for (const mount of mounts) {
      if (mount.type !== type || (type === 'cgroup' && !mount.controllers.includes(controller))) continue
      const folder = folderIn(mount, own, host)
      if (folder !== undefined)
        return { path: withoutLeaf(own), levels: levelsOf(withoutLeaf(folder), mount, host) }
    }
    return undefined
  }
  // Version 1 where it has these controllers, though the unified hierarchy is mostly mounted beside it.
  const isFirst = CONTROLLERS.every((name) =>
    mounts.some(({ type, controllers }) => type === 'cgroup' && controllers.includes(name)),
  )
  const [memory, cpu, pids] = CONTROLLERS.map((name) => locate(isFirst ? 'cgroup' : 'cgroup2', name))
  if (memory === undefined || cpu === undefined || pids === undefined) return undefined
  return {
    version: isFirst ? 1 : 2,
    paths: { memory: memory.path, cpu: cpu.path, pids: pids.path },
    levels: { memory: memory.levels, cpu: cpu.levels, pids: pids.levels },
  }
}

interface Located {
  readonly path: string
  readonly levels: readonly string[]
}

function readMembership(line: string): { readonly names: readonly string[]; readonly path: string } {
  const [, names = '-', ...rest] = line.split(':')
  return { names: names.split(','), path: rest.join(':') }
}

function readMounts({ root }: Host): Mount[] {
  return readText(`${root}/proc/self/mountinfo`)
    .split('\n')
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ')
      const [, , , mountRoot = '', point = ''] = before.split(' ').map(unescape)
      const [type = '', , options = ''] = after.split(' ')
      return type.startsWith('cgroup')
        ? [{ root: mountRoot, point, type, controllers: options.split(',') }]
        : []
    })
}

/** Spaces and the like are written as \040. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_match, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 8)),
  )
}

function folderIn(mount: Mount, own: string, host: Host): string | undefined {
  const top = host.root + mount.point
  // The root of what is mounted lies above this process's: the names between them are not told.
  if (mount.root.startsWith('/..')) return search(top, host.pid, SEARCH_DEPTH)
  const above = mount.root === '/' ? '' : mount.root
  if (own !== above && !own.startsWith(`${above}/`)) return undefined
  const folder = path.join(top, own.slice(above.length))
  return holds(folder, host.pid) ? withoutSlash(folder) : undefined
}

function search(folder: string, pid: number, depth: number): string | undefined {
  if (holds(folder, pid)) return folder
  if (depth === 0) return undefined
  for (const entry of listFolders(folder)) {
    const found = search(path.join(folder, entry), pid, depth - 1)
    if (found !== undefined) return found
  }
  return undefined
}

function holds(folder: string, pid: number): boolean {
  return readText(path.join(folder, 'cgroup.procs')).split('\n').includes(String(pid))
}

function withoutSlash(folder: string): string {
  return folder.length > 1 && folder.endsWith('/') ? folder.slice(0, -1) : folder
}

function withoutLeaf(group: string): string {
  return path.basename(group) === SERVICE_LEAF ? path.dirname(group) : group
}

function levelsOf(folder: string, { point }: Mount, { root }: Host): readonly string[] {
  const levels = [folder]
  for (let at = folder; at !== root + point && at.startsWith(`${root}${point}/`); levels.push(at))
    at = path.dirname(at)
  return levels
}

export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function listFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    return []
  }
}
