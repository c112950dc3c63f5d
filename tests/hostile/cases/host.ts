/** The host, the service and its environment: nothing of them can be read, written or even listed. */
import type { HostileCase } from '../case.js'
import { WITH_PROBE } from '../case.js'

export const HOST_CASES: readonly HostileCase[] = [
  {
    program: 'c/host-files.c',
    tries: 'read files of the host by name',
    verdict: 'succeeded',
    denials: 13 + 5,
    args: (host) => host.canaryFiles,
    with: WITH_PROBE,
  },
  {
    program: 'python/host-walk.py',
    tries: 'search everything reachable for planted files',
    verdict: 'succeeded',
    prints: [/^found 0$/m],
    limits: { wallTimeMs: 10_000, cpuTimeMs: 10_000 },
  },
  {
    program: 'ruby/host-files.rb',
    tries: 'read host files by path, link and loader',
    verdict: 'succeeded',
    denials: 8,
    args: (host) => [host.canaryFile],
  },
  {
    program: 'javascript/host-require.js',
    tries: 'load host files as code',
    verdict: 'succeeded',
    denials: 8,
    args: (host) => [host.canaryFile],
  },
  {
    program: 'java/NativeTricks.java',
    tries: 'load host files as libraries',
    verdict: 'succeeded',
    denials: 5,
    prints: [/^no agent$/m],
    args: (host) => [host.canaryFile],
  },
  {
    program: 'c/proc-one.c',
    tries: "look into the watcher's process",
    verdict: 'succeeded',
    denials: 10,
    with: WITH_PROBE,
  },
  {
    program: 'c/proc-kernel.c',
    tries: "read and command the kernel's files",
    verdict: 'succeeded',
    denials: 39,
    with: WITH_PROBE,
  },
  {
    program: 'c/mounts-visible.c',
    tries: 'learn of the host from mounts and groups',
    verdict: 'succeeded',
    output: 'looked\n',
    docker: {
      skipped: true,
      why: 'the kernel tells everybody their mounts, and an engine’s name its folders: no secret, and nothing there can be opened',
    },
  },
  {
    program: 'c/devices.c',
    tries: 'open and make devices, find /sys',
    verdict: 'succeeded',
    denials: 31,
    with: WITH_PROBE,
    docker: {
      excused: ['LEAK /dev/mqueue exists', 'LEAK sys succeeded', 'LEAK cgroup-files succeeded'],
      why: 'queues may hold no byte, /sys shows nothing but the container’s own control groups, read-only',
    },
  },
  {
    program: 'python/environ-hunt.py',
    tries: 'read every environment',
    verdict: 'succeeded',
    prints: [/^own PATH=/m, /^clean environment$/m],
  },
  {
    program: 'bash/service-env.sh',
    tries: "read the service's environment",
    verdict: 'succeeded',
    prints: [/^HOME=\/tmp$/m, /^no secret$/m],
    neverPrints: [/CODEEXEC_/],
  },
]
