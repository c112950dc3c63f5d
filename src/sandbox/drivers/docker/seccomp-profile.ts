/**
 * The profile the engine puts on the whole container. The agent puts the supervisor's own filter on the program as
 * well, which checks more arguments (types and protocols of sockets, options, commands); this one holds even without it.
 */
import { ALLOWED_CALLS, FORBIDDEN_CALLS, PRETENDED_CALLS } from './system-calls.js'

const SUCCESS = 0
const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97

const CLONE_NAMESPACE_FLAGS = 0x7e02_0000
const PERSONALITIES = { linux: 0, query: 0xffff_ffff } as const
const FAMILIES = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const
const NETLINK_ROUTE = 0
/** What the agent needs for the program's filter; that filter refuses it to the program. */
const AGENT_CALLS = ['seccomp']
/** Allowed by their arguments, below. */
const BY_ARGUMENT = new Set(['clone', 'personality', 'socket', 'socketpair'])

interface Argument {
  readonly index: number
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ'
  readonly value: number
  readonly valueTwo?: number
}

interface Rule {
  readonly names: readonly string[]
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO'
  readonly errnoRet?: number
  readonly args?: readonly Argument[]
}

function allowWhen(name: string, ...args: readonly Argument[]): Rule {
  return { names: [name], action: 'SCMP_ACT_ALLOW', args }
}

/** All 64 bits must be equal, so no bit that the kernel ignores can hide another value. */
function equals(index: number, value: number): Argument {
  return { index, op: 'SCMP_CMP_EQ', value }
}

export const SECCOMP_PROFILE: {
  readonly defaultAction: string
  readonly defaultErrnoRet: number
  readonly syscalls: readonly Rule[]
} = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: ENOSYS,
  syscalls: [
    {
      names: [...ALLOWED_CALLS.filter((name) => !BY_ARGUMENT.has(name)), ...AGENT_CALLS],
      action: 'SCMP_ACT_ALLOW',
    },
    {
      names: FORBIDDEN_CALLS.filter((name) => !AGENT_CALLS.includes(name)),
      action: 'SCMP_ACT_ERRNO',
      errnoRet: EPERM,
    },
    { names: PRETENDED_CALLS, action: 'SCMP_ACT_ERRNO', errnoRet: SUCCESS },
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
    // Threads and processes, but no namespaces.
    allowWhen('clone', { index: 0, op: 'SCMP_CMP_MASKED_EQ', value: CLONE_NAMESPACE_FLAGS, valueTwo: 0 }),
    ...Object.values(PERSONALITIES).map((value) => allowWhen('personality', equals(0, value))),
    ...[FAMILIES.unix, FAMILIES.inet, FAMILIES.inet6].map((family) => allowWhen('socket', equals(0, family))),
    allowWhen('socket', equals(0, FAMILIES.netlink), equals(2, NETLINK_ROUTE)),
    allowWhen('socketpair', equals(0, FAMILIES.unix)),
    ...familiesBeyond(Object.values(FAMILIES)).map((family) => refuseFamily('socket', family)),
    ...familiesBeyond([FAMILIES.unix]).map((family) => refuseFamily('socketpair', family)),
  ],
}

function refuseFamily(name: string, family: number): Rule {
  return { names: [name], action: 'SCMP_ACT_ERRNO', errnoRet: EAFNOSUPPORT, args: [equals(0, family)] }
}

/** Families a program may ask for in good faith; told that they do not exist here rather than that calls do not. */
function familiesBeyond(known: readonly number[]): number[] {
  return Array.from({ length: 46 }, (_, family) => family).filter((family) => !known.includes(family))
}
