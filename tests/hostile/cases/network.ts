/** The network: loopback of its own, no way out, no way to the host, no exotic sockets. */
import type { HostileCase } from '../case.js'
import { WITH_PROBE } from '../case.js'
import type { HostFacts } from '../harness/canaries.js'

const bothPorts = (host: HostFacts): readonly string[] => [String(host.servicePort), String(host.canaryPort)]

export const NETWORK_CASES: readonly HostileCase[] = [
  {
    program: 'c/net-interfaces.c',
    tries: 'find an interface besides loopback',
    verdict: 'succeeded',
    prints: [/^interface index lo$/m, /^looked$/m],
  },
  {
    program: 'c/net-families.c',
    tries: 'sockets of every family, raw ones',
    verdict: 'succeeded',
    denials: 9,
    with: WITH_PROBE,
  },
  {
    program: 'c/net-netlink.c',
    tries: 'build an interface, an address, a route',
    verdict: 'succeeded',
    denials: 5,
    with: WITH_PROBE,
  },
  {
    program: 'python/net-loopback.py',
    tries: "the service and the host's listeners, TCP and UDP",
    verdict: 'succeeded',
    denials: 108,
    args: (host) => [...bothPorts(host), ...host.addresses],
    limits: { wallTimeMs: 10_000 },
  },
  {
    program: 'python/net-external.py',
    tries: 'outside addresses, multicast, names',
    verdict: 'succeeded',
    denials: 22,
    limits: { wallTimeMs: 10_000 },
  },
  {
    program: 'python/net-unix.py',
    tries: 'sockets of the host by name',
    verdict: 'succeeded',
    denials: 14,
    prints: [/^no other sockets$/m],
    args: (host) => [host.abstractSocket, host.socketPath],
  },
  {
    program: 'javascript/net-fetch.js',
    tries: 'fetch, http2, datagrams, names',
    verdict: 'succeeded',
    denials: 10,
    prints: [/^only loopback$/m],
    args: bothPorts,
    limits: { wallTimeMs: 10_000 },
  },
  {
    program: 'java/NetConnect.java',
    tries: "the runtime's own clients",
    verdict: 'succeeded',
    denials: 7,
    prints: [/^only loopback$/m],
    args: bothPorts,
    limits: { wallTimeMs: 10_000 },
  },
  {
    program: 'go/net-dial.go',
    tries: 'every network of the library',
    verdict: 'succeeded',
    denials: 12,
    prints: [/^looked$/m],
    args: bothPorts,
    limits: { wallTimeMs: 10_000 },
  },
  {
    program: 'ruby/net-sockets.rb',
    tries: 'TCP, UDP, raw, names',
    verdict: 'succeeded',
    denials: 10,
    prints: [/^no listeners$/m],
    args: bothPorts,
    limits: { wallTimeMs: 10_000 },
  },
  {
    program: 'bash/dev-tcp.sh',
    tries: "the shell's own sockets",
    verdict: 'succeeded',
    denials: 6,
    prints: [/^looked$/m],
    args: bothPorts,
    limits: { wallTimeMs: 10_000 },
  },
]
