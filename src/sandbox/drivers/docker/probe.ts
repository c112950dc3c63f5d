/** What an engine can enforce, asked of the engine itself and of a container that is made to see. */
import type Docker from 'dockerode'
import type { DriverCheck, DriverReport } from '../../driver.js'
import type { AgentReport } from './agent-container.js'

/** Docker 20.10: cgroup v2, private cgroup namespaces. */
const LEAST_API = 1.41

export interface ProbeOptions {
  readonly runtime: string | undefined
  /** Makes a container and resolves with what its agent sees; undefined while there is no image to make it of. */
  readonly tryContainer: (() => Promise<AgentReport>) | undefined
}

export const UNCOUNTED =
  'the runtime shows no CPU time or memory inside containers, so those limits could not be enforced'

/** Whether the agent can see what it stops programs by. */
export function isCounted({ cpu, memory }: AgentReport): boolean {
  return cpu && memory
}

/** The parts of the engine's description that are looked at; not all are in the client's types. */
interface EngineInfo {
  readonly ServerVersion: string
  readonly OSType: string
  readonly Driver: string
  readonly CgroupVersion?: string
  readonly CgroupDriver: string
  readonly MemoryLimit: boolean
  readonly SwapLimit: boolean
  readonly PidsLimit?: boolean
  readonly CpuCfsQuota: boolean
  readonly SecurityOptions?: readonly string[]
  readonly Runtimes: Readonly<Record<string, unknown>>
  readonly DefaultRuntime: string
}

export async function probeEngine(docker: Docker, options: ProbeOptions): Promise<DriverReport> {
  const checks = await engineChecks(docker, options)
  return { driver: 'docker', usable: checks.every((check) => check.ok || !check.required), checks }
}

async function engineChecks(docker: Docker, options: ProbeOptions): Promise<readonly DriverCheck[]> {
  let info: EngineInfo
  let api: number
  try {
    info = (await docker.info()) as EngineInfo
    api = Number((await docker.version()).ApiVersion)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [
      required(
        'engine',
        false,
        `the Docker Engine cannot be reached (${reason}); start it, or name another with DOCKER_HOST`,
      ),
    ]
  }
  return [
    required(
      'engine',
      info.OSType === 'linux' && api >= LEAST_API,
      `Docker ${info.ServerVersion}, API ${api}, ${info.OSType}; at least API ${LEAST_API} on Linux is needed`,
    ),
    required(
      'memory limit',
      info.MemoryLimit && info.SwapLimit,
      info.MemoryLimit && info.SwapLimit
        ? `memory without swap, cgroup v${info.CgroupVersion ?? '1'}`
        : 'the engine cannot limit memory and swap; boot with cgroup_enable=memory swapaccount=1, or use cgroup v2',
    ),
    required(
      'process limit',
      info.PidsLimit !== false,
      info.PidsLimit === false
        ? 'the kernel has no pids controller for the engine'
        : 'processes and threads are limited',
    ),
    required(
      'cpu limit',
      info.CpuCfsQuota,
      info.CpuCfsQuota ? 'CPUs are limited' : 'the engine cannot limit CPUs',
    ),
    required(
      'seccomp',
      info.SecurityOptions?.some((option) => option.startsWith('name=seccomp')) === true,
      'system calls are filtered by the engine, and by the agent once more',
    ),
    runtimeCheck(info, options.runtime),
    ...(await containerChecks(options)),
  ]
}

function runtimeCheck({ Runtimes, DefaultRuntime }: EngineInfo, runtime: string | undefined): DriverCheck {
  const name = runtime ?? DefaultRuntime
  // Shims by their full name need no entry in the engine's list.
  const ok = name in Runtimes || name.startsWith('io.containerd.')
  const known = Object.keys(Runtimes).join(', ')
  return required(
    'runtime',
    ok,
    ok
      ? `${name}${runtime === undefined ? ', the engine’s default' : ''}`
      : `the engine has no runtime ${name}, but ${known}; register it in daemon.json or change CODEEXEC_DOCKER_RUNTIME`,
  )
}

async function containerChecks({ tryContainer }: ProbeOptions): Promise<readonly DriverCheck[]> {
  if (!tryContainer) {
    const detail = 'not tried yet, as no image is there: codeexec images build --driver docker'
    return [{ name: 'container', ok: false, required: false, detail }]
  }
  let report: AgentReport
  try {
    report = await tryContainer()
  } catch (error) {
    return [required('container', false, error instanceof Error ? error.message : String(error))]
  }
  const counted = isCounted(report)
  return [
    required('container', true, 'made, started and removed with every restriction'),
    required(
      'counters',
      counted,
      counted ? 'CPU time and memory of a container are seen inside it' : UNCOUNTED,
    ),
    {
      name: 'memory-peak',
      ok: report.memoryPeak,
      required: false,
      detail: report.memoryPeak
        ? 'the kernel reports the peak memory of a container'
        : 'peak memory is found by looking now and then; Linux 5.19 or later reports it on cgroup v2',
    },
    {
      name: 'oom-count',
      ok: report.oom,
      required: false,
      detail: report.oom
        ? 'kills for lack of memory are counted inside a container'
        : 'kills for lack of memory are known from the engine alone',
    },
  ]
}

function required(name: string, ok: boolean, detail: string): DriverCheck {
  return { name, ok, required: true, detail }
}
