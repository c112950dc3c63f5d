/**
 * What of a container is settled when it is created: its image and every limit that the engine enforces. Containers
 * of one shape can stand in for each other, so shapes are what the pool is sorted by.
 */
import type { CommandLimits, SandboxSpec } from '../../driver.js'
import { SandboxError } from '../../driver.js'

const MIB = 1_048_576

/** The agent, its buffers and the kernel's own structures; subtracted again from what is reported. */
const AGENT_BYTES = 4 * MIB
/** An OCI runtime needs about this much to start a container at all. A smaller limit is judged by the peak. */
const LEAST_CONTAINER_BYTES = 20 * MIB
const MOST_FILE_SYSTEM_BYTES = 64 * 1024 * MIB
const MOST_MEMORY_BYTES = 1024 * 1024 * MIB
const MOST_PROCESSES = 4_194_304

/** Bytes of each writable folder; together what the sandbox was promised. */
export interface FolderBytes {
  readonly '/box': number
  readonly '/out': number
  readonly '/tmp': number
  readonly '/dev/shm': number
}

export interface ContainerShape {
  readonly image: string
  readonly memoryBytes: number
  readonly nanoCpus: number
  readonly pids: number
  readonly folders: FolderBytes
}

/** The container that a command of this sandbox needs; throws SandboxError where no engine could enforce it. */
export function shapeOf(
  image: string,
  spec: Pick<SandboxSpec, 'files' | 'fileSystemBytes'>,
  limits: CommandLimits,
): ContainerShape {
  check('memoryBytes', limits.memoryBytes, 1, MOST_MEMORY_BYTES)
  check('maxProcesses', limits.maxProcesses, 1, MOST_PROCESSES)
  check('cpus', limits.cpus, 0.01, 4096)
  check('fileSystemBytes', spec.fileSystemBytes, 1, MOST_FILE_SYSTEM_BYTES)
  return {
    image,
    memoryBytes: Math.max(LEAST_CONTAINER_BYTES, Math.ceil(limits.memoryBytes / MIB) * MIB + AGENT_BYTES),
    nanoCpus: Math.round(limits.cpus * 100) * 10_000_000,
    pids: limits.maxProcesses + 1,
    folders: folderBytes(spec),
  }
}

/** Whether the engine's limit is above the one asked for by more than what the agent takes. */
export function isJudgedByPeak(limits: CommandLimits): boolean {
  return limits.memoryBytes + AGENT_BYTES < LEAST_CONTAINER_BYTES
}

/** Equal for containers that can stand in for each other. */
export function shapeKey(shape: ContainerShape): string {
  return JSON.stringify([
    shape.image,
    shape.memoryBytes,
    shape.nanoCpus,
    shape.pids,
    Object.values(shape.folders),
  ])
}

/**
 * Each folder is a tmpfs of its own, as an engine offers no size that several share; the sources come on top of the
 * work folder's part. Rounded up to whole MiB, so that the size of the sources makes no shape of its own.
 */
function folderBytes({
  files,
  fileSystemBytes,
}: Pick<SandboxSpec, 'files' | 'fileSystemBytes'>): FolderBytes {
  const total = Math.ceil(fileSystemBytes / MIB) * MIB
  const sourceBytes = files.reduce((sum, { content }) => sum + Math.ceil(content.length / 4096) * 4096, 0)
  const sources = Math.min(Math.ceil(sourceBytes / MIB) * MIB, total)
  const ninth = Math.max(4096, Math.floor((total - sources) / 9 / 4096) * 4096)
  return { '/box': sources + 2 * ninth, '/out': 3 * ninth, '/tmp': 2 * ninth, '/dev/shm': 2 * ninth }
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isFinite(value) && value >= least && value <= most) return
  throw new SandboxError('limits', `${name} of ${value} cannot be enforced: it must be ${least} to ${most}`)
}
