/** A container's settings as the engine takes them: pure, from checked values only. */
import type { ContainerCreateOptions } from 'dockerode'
import { SandboxError } from '../../driver.js'
import { MASKED_PATHS, READONLY_PATHS } from './masked-paths.js'
import { SECCOMP_PROFILE } from './seccomp-profile.js'
import type { ContainerShape } from './shape.js'

/** Where every image of ours has the agent (src/images/docker). */
const AGENT_PATH = '/usr/local/lib/codeexec/agent'
/** Files and folders in each writable folder. */
const MAX_INODES = 4096
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/u
const IMAGE = /^[a-z0-9]+(?:[._/:@-][a-zA-Z0-9]+)*$/u

/** Marks everything of ours in an engine. */
export const LABEL = 'io.codeexec.role'
/** The process that made a container. */
export const OWNER_LABEL = 'io.codeexec.owner'

export type ContainerRole = 'pool' | 'run'

/** Container name by the one convention there is; throws on an id that could name anything else. */
export function containerName(role: ContainerRole, id: string): string {
  const name = `codeexec-${role}-${id}`
  if (!NAME.test(name) || id.length === 0)
    throw new SandboxError('container', `${id} cannot be part of a container's name`)
  return name
}

export interface ContainerIdentity {
  readonly name: string
  /** Of the process that makes it; see sweep.ts. */
  readonly owner: string
  /** The program's; the agent adds its own. */
  readonly uid: number
  /** OCI runtime by the name the engine knows it by; the engine's default when undefined. */
  readonly runtime: string | undefined
}

export function containerOptions(shape: ContainerShape, identity: ContainerIdentity): ContainerCreateOptions {
  if (!IMAGE.test(shape.image)) throw new SandboxError('image', `${shape.image} cannot be an image's name`)
  if (!NAME.test(identity.name))
    throw new SandboxError('container', `${identity.name} cannot be a container's name`)
  if (identity.runtime !== undefined && !NAME.test(identity.runtime))
    throw new SandboxError('container', `${identity.runtime} cannot be a runtime's name`)
  return {
    name: identity.name,
    Image: shape.image,
    Labels: { [LABEL]: 'sandbox', [OWNER_LABEL]: identity.owner },
    Entrypoint: [AGENT_PATH, String(identity.uid)],
    Cmd: [],
    // Root without any capability but the three the agent gives up before the program's first instruction.
    User: '0:0',
    Hostname: 'sandbox',
    Domainname: '',
    WorkingDir: '/',
    Env: [],
    Tty: false,
    OpenStdin: true,
    // The agent ends with its input, so a service that dies leaves nothing running.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      Tmpfs: tmpfs(shape),
      CapDrop: ['ALL'],
      CapAdd: ['SETGID', 'SETPCAP', 'SETUID'],
      SecurityOpt: ['no-new-privileges:true', `seccomp=${JSON.stringify(SECCOMP_PROFILE)}`],
      Privileged: false,
      Memory: shape.memoryBytes,
      MemorySwap: shape.memoryBytes,
      // Network buffers, which cgroup v1 counts apart; version 2 counts them as memory, and engines leave this out. runc
      // 1.1 leaves it out on v1, too, where the agent counts them by itself.
      KernelMemoryTCP: shape.memoryBytes,
      NanoCpus: shape.nanoCpus,
      PidsLimit: shape.pids,
      Ulimits: ULIMITS.map(([Name, value]) => ({ Name, Soft: value, Hard: value })),
      IpcMode: 'none',
      Sysctls: {
        // Engines let everybody in a container make ping sockets; an empty range of groups takes that back.
        'net.ipv4.ping_group_range': '1 0',
        // Connections that a listener may have before it accepts them, as nobody is charged with what they received.
        'net.core.somaxconn': '128',
      },
      CgroupnsMode: 'private',
      // The agent is the init process: it reaps, and signals from inside do not reach it.
      Init: false,
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      MaskedPaths: [...MASKED_PATHS],
      ReadonlyPaths: [...READONLY_PATHS],
      ...(identity.runtime !== undefined && { Runtime: identity.runtime }),
    },
  } as ContainerCreateOptions
}

/** As `native/src/privileges.c` sets them once more for the program, with the request's own file size. */
const ULIMITS: readonly (readonly [string, number])[] = [
  ['core', 1],
  ['nofile', 1024],
  ['stack', 64 << 20],
  ['memlock', 64 << 10],
  ['msgqueue', 0],
  ['nice', 0],
  ['rtprio', 0],
  ['sigpending', 1024],
]

function tmpfs({ folders }: ContainerShape): Record<string, string> {
  return Object.fromEntries(
    Object.entries(folders).map(([folder, bytes]) => [
      folder,
      `rw,exec,nosuid,nodev,size=${bytes},nr_inodes=${MAX_INODES},mode=1777,uid=0,gid=0`,
    ]),
  )
}
