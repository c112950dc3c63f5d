/* The files of /proc that speak of the whole machine, or command it. Those to be written are opened, never written. */
#include "probe.h"

int main(void) {
  static const char *const readable[] = {
      "/proc/kcore", "/proc/kmsg", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/latency_stats",
      "/proc/kpagecount", "/proc/kpageflags", "/proc/kpagecgroup", "/proc/vmallocinfo", "/proc/slabinfo",
      "/proc/vmcore", "/proc/locks", "/proc/vmstat", "/proc/zoneinfo", "/proc/buddyinfo", "/proc/cgroups",
      "/proc/sys/fs/file-nr", "/proc/sys/fs/inode-nr", "/proc/sys/fs/dentry-state", "/proc/sys/kernel/pty/nr",
  };
  static const char *const writable[] = {
      "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
      "/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname", "/proc/sys/kernel/ns_last_pid",
      "/proc/sys/kernel/randomize_va_space", "/proc/sys/kernel/shmmax", "/proc/sys/vm/drop_caches",
      "/proc/sys/vm/overcommit_memory", "/proc/sys/fs/file-max", "/proc/sys/net/ipv4/ip_forward",
      "/proc/sys/net/ipv4/ping_group_range", "/proc/sys/user/max_user_namespaces",
      "/proc/sys/fs/binfmt_misc/register", "/proc/irq/default_smp_affinity", "/proc/mtrr", "/proc/acpi/wakeup",
  };
  for (unsigned at = 0; at < sizeof readable / sizeof *readable; at++) attempt_read(readable[at]);
  for (unsigned at = 0; at < sizeof writable / sizeof *writable; at++) attempt_open(writable[at], O_WRONLY);
  return 0;
}
