/**
 * What of /proc and /sys a container does not show: the lists of `native/src/mounts.c`, what only root may open (the
 * agent is root for a moment), and all of /sys but cgroups.
 */

const PROC_FILES = [
  'kcore',
  'keys',
  'key-users',
  'kmsg',
  'kallsyms',
  'modules',
  'cmdline',
  'interrupts',
  'softirqs',
  'sched_debug',
  'timer_list',
  'timer_stats',
  'latency_stats',
  'sysrq-trigger',
  'vmallocinfo',
  'slabinfo',
  'pagetypeinfo',
  'partitions',
  'diskstats',
  'swaps',
  'iomem',
  'ioports',
  'config.gz',
  'schedstat',
  'locks',
  'vmstat',
  'zoneinfo',
  'buddyinfo',
  'cgroups',
]

const PROC_FOLDERS = [
  'acpi',
  'asound',
  'bus',
  'driver',
  'fs',
  'irq',
  'scsi',
  'tty',
  'pressure',
  'dynamic_debug',
  'sys/fs',
  'sys/kernel/pty',
]

/** The agent reads the container's own counters in /sys/fs/cgroup, which is mounted read-only and shows no other's. */
const SYS_FOLDERS = [
  'block',
  'bus',
  'class',
  'dev',
  'devices',
  'firmware',
  'hypervisor',
  'kernel',
  'module',
  'power',
  ...['bpf', 'btrfs', 'ext4', 'f2fs', 'fuse', 'nilfs2', 'pstore', 'selinux', 'smackfs', 'xfs', 'zfs'].map(
    (name) => `fs/${name}`,
  ),
]

/** Hidden: files read as empty, folders have nothing in them. The engine's copy of the host's resolver goes too. */
export const MASKED_PATHS: readonly string[] = [
  ...[...PROC_FILES, ...PROC_FOLDERS].map((name) => `/proc/${name}`),
  ...SYS_FOLDERS.map((name) => `/sys/${name}`),
  '/etc/resolv.conf',
]

/** Shown, and never writable. */
export const READONLY_PATHS: readonly string[] = ['/proc/sys']
