/** Test support: everything of ended sandboxes that the kernel still knows of. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import path from 'node:path'

/** The init process of a sandbox runs this much above its program's uid (native/src/launch.c). */
const INIT_UID_OFFSET = 65_536
const CGROUP_ROOT = '/sys/fs/cgroup'

export interface LeftoverQuery {
  readonly firstUid: number
  readonly slots: number
  /** The living supervisor, or undefined after the driver was closed. */
  readonly supervisorPid: number | undefined
  /** Supervisors that have ended; none of their control groups may be left. */
  readonly endedPids: readonly number[]
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

async function processes(): Promise<number[]> {
  return (await list('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
}

async function sandboxProcesses({ firstUid, slots }: LeftoverQuery): Promise<string[]> {
  const found: string[] = []
  for (const pid of await processes()) {
    const status = await read(`/proc/${pid}/status`)
    // Ended, and no longer ours: whoever inherits the orphans of a killed supervisor has yet to collect it.
    if (/^State:\s+Z/m.test(status)) continue
    const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? -1)
    const slot = uid >= firstUid + INIT_UID_OFFSET ? uid - firstUid - INIT_UID_OFFSET : uid - firstUid
    if (slot >= 0 && slot < slots)
      found.push(`process ${pid} of uid ${uid}: ${/^Name:\s+(.*)/m.exec(status)?.[1]}`)
  }
  return found
}

/** What lives in a slot's group for as long as the supervisor does. */
const RESIDENTS = /^codeexec-(keeper|warm)$/

/** Wherever a service was started, in all hierarchies: the groups that instances have theirs in. */
async function parentGroups(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name))
  const found = below.filter((name) => path.basename(name) === 'codeexec')
  const others = below.filter((name) => !found.includes(name))
  return [...found, ...(await Promise.all(others.map(parentGroups))).flat()]
}

/** Groups of the instance: those of a living supervisor may hold its keepers and fork servers, nothing else. */
async function cgroups({ supervisorPid, endedPids }: LeftoverQuery): Promise<string[]> {
  const found: string[] = []
  for (const parent of await parentGroups(CGROUP_ROOT)) {
    for (const instance of await list(parent)) {
      if (!/^\d+-\d+$/.test(instance)) continue
      const folder = path.join(parent, instance)
      const pid = Number.parseInt(instance, 10)
      if (endedPids.includes(pid)) found.push(`cgroup ${folder}`)
      if (pid !== supervisorPid) continue
      for (const slot of await list(folder)) {
        const members = (await read(path.join(folder, slot, 'cgroup.procs'))).split('\n').filter(Boolean)
        for (const member of members)
          if (!RESIDENTS.test((await read(`/proc/${member}/comm`)).trim()))
            found.push(`process ${member} in cgroup ${path.join(folder, slot)}`)
      }
    }
  }
  return found
}

/** In the host's mount namespace, where none of the supervisor's mounts may ever show. */
async function mounts(): Promise<string[]> {
  const lines = (await read('/proc/self/mountinfo')).split('\n')
  return lines.filter((line) => / - (overlay image|tmpfs scratch|tmpfs staging) /.test(line))
}

/** Mount and pid namespaces of living processes whose first process was a sandbox's: theirs alone. */
async function namespaces(query: LeftoverQuery): Promise<string[]> {
  const known = new Set<string>()
  for (const type of ['pid', 'ipc', 'uts']) known.add(await readlink(`/proc/self/ns/${type}`))
  const found: string[] = []
  if (query.supervisorPid === undefined) return found
  const children = await read(`/proc/${query.supervisorPid}/task/${query.supervisorPid}/children`)
  for (const pid of [String(query.supervisorPid), ...children.split(' ').filter(Boolean)])
    for (const type of ['pid', 'ipc', 'uts']) {
      const namespace = await readlink(`/proc/${pid}/ns/${type}`).catch(() => '')
      if (namespace && !known.has(namespace)) found.push(`namespace ${namespace} of process ${pid}`)
    }
  return found
}

/** Descriptors the supervisor holds only while a sandbox is open. */
async function descriptors({ supervisorPid }: LeftoverQuery): Promise<string[]> {
  const found: string[] = []
  const folder = `/proc/${supervisorPid}/fd`
  for (const fd of supervisorPid === undefined ? [] : await list(folder)) {
    const target = await readlink(path.join(folder, fd)).catch(() => '')
    if (/^(pipe:|anon_inode:\[pidfd)/.test(target) && fd !== '2') found.push(`descriptor ${fd}: ${target}`)
    if (target.startsWith('/dev/pts/') || target.endsWith('/ptmx')) found.push(`descriptor ${fd}: ${target}`)
  }
  return found
}

/** Names what is left. Everything is looked at once, without waiting: what is gone later was not gone in time. */
export async function findLeftovers(query: LeftoverQuery): Promise<readonly string[]> {
  const found = await Promise.all([
    sandboxProcesses(query),
    cgroups(query),
    mounts(),
    namespaces(query),
    descriptors(query),
  ])
  return found.flat()
}
