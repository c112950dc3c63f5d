/**
 * Who a request counts for, without keeping who that is: a keyed hash of the client's network, made with a key that
 * exists in this process only and ends with it.
 */
import { hash, randomBytes } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'

const NETWORK_SUFFIX = '::/64'

/**
 * The network that one client is taken to own: an IPv4 address, or the /64 of an IPv6 address, for a single
 * subscriber has all of its 2^64 addresses.
 */
export function clientNetwork(address: string): string {
  if (!address.includes(':')) return address
  const bare = address.replace(/%.*$/, '').toLowerCase()
  if (!isIPv6(bare)) return bare
  const groups = ipv6Groups(bare)
  const mapped = mappedIpv4(groups)
  return mapped ?? `${groups.slice(0, 4).join(':')}${NETWORK_SUFFIX}`
}

/**
 * What one customer of a provider may have of the address space: an IPv4 address, or the /48 of an IPv6 address, which
 * holds 65,536 networks. What is held for a moment is shared by a site; rates count both.
 */
export function clientSite(address: string): string {
  const network = clientNetwork(address)
  return network.endsWith(NETWORK_SUFFIX) ? `${network.split(':', 3).join(':')}::/48` : network
}

/** The eight groups of an IPv6 address as hexadecimal numbers without leading zeros. */
function ipv6Groups(address: string): string[] {
  const dotted = /(?<=:)[\d.]+$/.exec(address)?.[0] ?? ''
  const [a = 0, b = 0, c = 0, d = 0] = isIPv4(dotted) ? dotted.split('.').map(Number) : []
  const plain = isIPv4(dotted)
    ? `${address.slice(0, -dotted.length)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
    : address
  const [head = '', tail = ''] = plain.split('::')
  const before = head.split(':').filter(Boolean)
  const after = tail.split(':').filter(Boolean)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16).toString(16))
}

function mappedIpv4(groups: readonly string[]): string | undefined {
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return undefined
  return groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((number) => [number >> 8, number & 255])
    .join('.')
}

/** What a client's requests are counted under. */
export interface ClientKeys {
  readonly network: string
  /** Where the client has an IPv6 address. */
  readonly site: string | undefined
}

/** Turns client addresses, and the ids of those who say who they are, into keys that lead back to nobody. */
export function createClientKeys() {
  const secret = randomBytes(32).toString('hex')
  const keyed = (name: string): string => hash('sha256', `${secret}${name}`, 'base64url')
  return {
    of(identity: string | undefined, address: string): ClientKeys {
      const network = identity ?? clientNetwork(address)
      const isIpv6 = identity === undefined && network.endsWith(NETWORK_SUFFIX)
      return { network: keyed(network), site: isIpv6 ? keyed(clientSite(address)) : undefined }
    },
  }
}
