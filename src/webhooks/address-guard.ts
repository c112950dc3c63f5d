/** Which addresses a callback may go to: those of the public internet, and what the operator allows. Pure. */
import { BlockList, isIP } from 'node:net'

/** Special-purpose registries of IANA, RFC 6890 and its successors. */
const REFUSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Only 2000::/3 is given out for the public; within it, what leads elsewhere or to an IPv4 address. */
const PUBLIC_IPV6 = '2000::/3'
const REFUSED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

export type AddressGuard = (address: string) => boolean

/** @param allowed networks or addresses, or the words `loopback`, `linklocal`, `uniquelocal`. */
export function createAddressGuard(allowed: readonly string[]): AddressGuard {
  const allowList = listOf(allowed.flatMap((entry) => NAMED[entry] ?? [entry]))
  const refusedIpv4 = listOf(REFUSED_IPV4)
  const publicIpv6 = listOf([PUBLIC_IPV6])
  const refusedIpv6 = listOf(REFUSED_IPV6)

  return (address) => {
    const family = isIP(address)
    if (family === 0) return false
    if (family === 4) return allowList.check(address, 'ipv4') || !refusedIpv4.check(address, 'ipv4')
    // A zone would make the same text mean another interface's address.
    if (address.includes('%')) return false
    if (allowList.check(address, 'ipv6')) return true
    return publicIpv6.check(address, 'ipv6') && !refusedIpv6.check(address, 'ipv6')
  }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, type)
    else list.addSubnet(address, Number(prefix), type)
  }
  return list
}
