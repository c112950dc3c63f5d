/**
 * A control group with limits, as a container, a pod or a unit has one around the service: for tests, on versions 1
 * and 2.
 * `node scripts/parent-group.mjs MEBIBYTES CPUS COMMAND…` runs a command in one.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const ROOT = '/sys/fs/cgroup'
const MEBIBYTE = 2 ** 20
const PERIOD_US = 100_000
const REMOVE_ATTEMPTS = 100
const ATTEMPT_MS = 50
const CONTROLLERS = ['memory', 'cpu', 'cpuacct', 'pids']

let made = 0

const write = (folder, file, value) => writeFileSync(join(folder, file), String(value))
const read = (folder, file) => readFileSync(join(folder, file), 'utf8').trim()
const pause = () => new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS))

/**
 * The command line that runs a command in these groups. Where a service has made a version 2 group one that takes no
 * processes, it goes where that one's are, as container engines do.
 */
export function argvWithin(folders, command) {
  const enter = folders
    .map(
      (folder) =>
        `{ echo $$ > ${folder}/cgroup.procs || echo $$ > ${folder}/codeexec-service/cgroup.procs; } 2>&-`,
    )
    .join(' && ')
  return ['/bin/sh', '-c', `${enter} && exec "$@"`, 'sh', ...command]
}

/** The groups at the roots of the hierarchies that sandboxes use. */
export function rootGroups() {
  const isFirst = existsSync(join(ROOT, 'memory'))
  return isFirst ? CONTROLLERS.map((controller) => join(ROOT, controller)) : [ROOT]
}

/** Groups below this folder, the deepest first. */
function groupsBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .flatMap((below) => [...groupsBelow(below), below])
}

export function makeParentGroup({ memoryBytes, cpus, processes }) {
  const version = existsSync(join(ROOT, 'memory')) ? 1 : 2
  const name = `test-parent-${process.pid}-${made++}`
  const folders = Object.fromEntries(
    CONTROLLERS.map((controller) => [controller, join(ROOT, version === 1 ? controller : '', name)]),
  )
  const all = [...new Set(Object.values(folders))]
  if (version === 2) writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+memory +cpu +pids')
  for (const folder of all) mkdirSync(folder, { recursive: true })
  const { memory, cpu, cpuacct, pids } = folders
  const quota = Math.round(cpus * PERIOD_US)
  if (version === 1) {
    write(memory, 'memory.limit_in_bytes', memoryBytes)
    write(cpu, 'cpu.cfs_quota_us', quota)
  } else {
    write(memory, 'memory.max', memoryBytes)
    // A group that swaps is not full.
    if (existsSync(join(memory, 'memory.swap.max'))) write(memory, 'memory.swap.max', 0)
    write(cpu, 'cpu.max', `${quota} ${PERIOD_US}`)
  }
  if (processes !== undefined) write(pids, 'pids.max', processes)
  return {
    version,
    folders: all,
    argv: (command) => argvWithin(all, command),
    /** The most that was in use at any time, below it included. */
    peakBytes: () => Number(read(memory, version === 1 ? 'memory.max_usage_in_bytes' : 'memory.peak')),
    /** CPU time of all that is and was in it. */
    cpuMs: () =>
      version === 1
        ? Number(read(cpuacct, 'cpuacct.usage')) / 1e6
        : Number(/^usage_usec (\d+)$/m.exec(read(cpu, 'cpu.stat'))[1]) / 1e3,
    groups: () => all.flatMap(groupsBelow),
    /** Once nothing runs in it any more. */
    async remove() {
      for (const folder of all.flatMap((top) => [...groupsBelow(top), top])) {
        for (let attempt = 1; existsSync(folder); attempt++) {
          try {
            rmdirSync(folder)
          } catch (error) {
            if (attempt === REMOVE_ATTEMPTS) throw error
            await pause()
          }
        }
      }
    },
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , mebibytes, cpus, ...command] = process.argv
  const group = makeParentGroup({ memoryBytes: Number(mebibytes) * MEBIBYTE, cpus: Number(cpus) })
  const [program, ...argv] = group.argv(command)
  const child = spawn(program, argv, { stdio: 'inherit' })
  child.once('close', async (code) => {
    await group.remove()
    process.exitCode = code ?? 1
  })
}
