/** What the host's kernel knows of the service and of the programs it runs. */
import { readdirSync, readFileSync } from 'node:fs'

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The process has ended between listing and reading.
    return ''
  }
}

function count(folder: string): number {
  try {
    return readdirSync(folder).length
  } catch {
    return 0
  }
}

/** Living processes that have this text in their command line: programs are found by the name of their file. */
export function processesNamed(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(text))
    .map(Number)
}

/** The process and all below it. */
export function processTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap((child) => (count(`/proc/${child}`) > 0 ? processTree(child) : []))]
}

/** Figures that must be the same before and after any number of executions. */
export interface Holdings {
  readonly processes: number
  readonly descriptors: number
  readonly mounts: number
  readonly controlGroups: number
}

/** What a service and its supervisor hold of the host. */
export function holdingsOf(servicePid: number): Holdings {
  const tree = processTree(servicePid)
  const controlGroups = tree.flatMap((pid) => controlGroupsOf(pid))
  return {
    processes: tree.length,
    descriptors: tree.reduce((sum, pid) => sum + count(`/proc/${pid}/fd`), 0),
    mounts: tree.reduce((sum, pid) => sum + read(`/proc/${pid}/mountinfo`).split('\n').length, 0),
    controlGroups: new Set(controlGroups).size,
  }
}

function controlGroupsOf(pid: number): string[] {
  return read(`/proc/${pid}/cgroup`).split('\n').filter(Boolean)
}

/** Resident memory of the process and all below it, in bytes. */
export function residentBytes(servicePid: number): number {
  return processTree(servicePid).reduce((sum, pid) => {
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`)) ?? []
    return sum + Number(kibibytes) * 1024
  }, 0)
}
