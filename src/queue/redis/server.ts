/** What the Redis at the other end is: whether the queue can work with it, and how much memory it has. */
import type { Redis } from 'ioredis'

const LEAST_VERSION = '6.2'
/** The part of Redis' memory that the requests of one queue may fill: the rest is for the other one, for results, output. */
const QUEUE_MEMORY_SHARE = 1 / 4

export interface ServerMemory {
  readonly usedBytes: number
  /** Beyond it Redis refuses writes; 0 where it has no bound. */
  readonly maxBytes: number
  /** What Redis does at its bound. */
  readonly policy: string
}

/** Why the queue cannot work with this server, in one sentence; undefined when it can. Rejects when it is away. */
export async function problemOf(commands: Redis, prefix: string): Promise<string | undefined> {
  const info = await commands.info().catch(() => '')
  const otherKind = otherKindIn(info)
  if (otherKind !== undefined) return otherKind
  try {
    // What the queue needs of 6.2, asked of a stream that is not there.
    await commands.call('XTRIM', `${prefix}probe`, 'MINID', '0')
    await commands.call('HRANDFIELD', `${prefix}probe`, '1')
    return undefined
  } catch (error) {
    if (!isReply(error)) throw error
    const version = versionIn(info)
    return `The Redis server${version} cannot do XTRIM with MINID or HRANDFIELD: the queue needs Redis ${LEAST_VERSION} or newer, or Valkey, with these commands allowed.`
  }
}

/** Undefined for a server of its own. */
function otherKindIn(info: string): string | undefined {
  if (/^redis_mode:sentinel/m.test(info))
    return 'The server is a Redis Sentinel, which keeps no data: let REDIS_URL name the server itself, or a proxy that follows the Sentinels.'
  if (/^cluster_enabled:1/m.test(info))
    return 'The server belongs to a Redis Cluster, whose scripts may not use the keys of the queue: let REDIS_URL name a server outside of any cluster.'
  return undefined
}

function versionIn(info: string): string {
  const version = /^redis_version:(\S+)/m.exec(info)?.[1]
  return version === undefined ? '' : ` (version ${version})`
}

/** Undefined where the server does not say. */
export async function memoryOf(commands: Redis): Promise<ServerMemory | undefined> {
  const info = await commands.info('memory').catch(() => '')
  const field = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]
  const used = field('used_memory')
  if (used === undefined) return undefined
  return {
    usedBytes: Number(used),
    maxBytes: Number(field('maxmemory') ?? 0),
    policy: field('maxmemory_policy') ?? '',
  }
}

/** Bytes of requests that one queue may hold: as many as were set, and no more than there is room for. */
export function fittingBytes(maxBytes: number, memory: ServerMemory | undefined): number {
  if (memory === undefined || memory.maxBytes === 0) return maxBytes
  return Math.min(maxBytes, Math.floor(memory.maxBytes * QUEUE_MEMORY_SHARE))
}

/** Whether the server answered, and not a connection that broke. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}

/** Whether Redis has refused a write because its memory is used up; scripts wrap the words in their own. */
export function isOutOfMemory(error: unknown): boolean {
  return isReply(error) && (error as Error).message.includes('OOM command not allowed')
}
