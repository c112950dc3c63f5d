/** Calls that no program needs: refused by the gate, not by luck (see programs/c/probe.h). */
import type { HostileCase } from '../case.js'
import { WITH_PROBE } from '../case.js'

function refused(
  program: string,
  tries: string,
  denials: number,
  prints: readonly RegExp[] = [],
): HostileCase {
  return { program, tries, verdict: 'succeeded', denials, prints, with: WITH_PROBE }
}

export const CALL_CASES: readonly HostileCase[] = [
  refused('c/sys-mount.c', 'mount, chroot, pivot_root, old and new', 20),
  refused('c/sys-namespaces.c', 'unshare, setns, clone, clone3', 33),
  refused('c/sys-trace.c', "ptrace, others' memory, kcmp", 9),
  refused('c/sys-kernel.c', 'bpf, perf, io_uring, userfaultfd, keys, log', 17),
  refused('c/sys-machine.c', 'modules, reboot, swap, clocks, ports', 22),
  refused('c/sys-handles.c', 'files by handle', 4),
  refused('c/sys-other-abi.c', '32-bit and x32 calls', 7),
  refused('c/sys-seccomp.c', 'filters of its own, shedding the filter', 3, [
    /^no new privileges$/m,
    /^filtered$/m,
  ]),
  refused('c/sys-terminal.c', "typing on others' terminals", 7),
  refused('c/privileges.c', 'other users, capabilities', 11, [/(^EMPTY Cap\w+ 0\n){5}/m, /^bits set$/m]),
  refused('c/suid-copy.c', 'a set-uid copy of itself', 2, [/^the copy gained nothing$/m]),
  { ...refused('python/ctypes-calls.py', 'forbidden calls from Python', 12), with: {} },
  { ...refused('ruby/syscalls.rb', 'forbidden calls from Ruby', 9), with: {} },
  { ...refused('go/syscalls.go', 'forbidden calls and child attributes from Go', 12), with: {} },
  {
    ...refused('bash/tools.sh', 'the same by tools of the image', 26),
    with: {},
    docker: { excused: ['LEAK losetup /dev/loop0'], why: 'losetup only names a device, and there is none' },
  },
  {
    program: 'python/setuid-hunt.py',
    tries: 'set-uid programs, su, sudo',
    verdict: 'succeeded',
    prints: [/^gained nothing by id$/m],
    neverPrints: [/^set-uid or capable/m],
    limits: { wallTimeMs: 15_000, cpuTimeMs: 10_000 },
  },
]
