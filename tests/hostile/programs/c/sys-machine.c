/* Calls that belong to whoever runs the machine. Arguments are such that success would change nothing. */
#include "probe.h"
#include <linux/reboot.h>
#include <sys/quota.h>
#include <sys/swap.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

static int set_time_of_day(void) {
  struct timeval now;
  gettimeofday(&now, NULL);
  return settimeofday(&now, NULL);
}

static int set_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return clock_settime(CLOCK_REALTIME, &now);
}

static int adjust(int by_clock) {
  struct timex change = {.modes = ADJ_TICK, .tick = 10000};
  return by_clock ? clock_adjtime(CLOCK_REALTIME, &change) : adjtimex(&change);
}

static int same_host_name(void) {
  char name[256];
  gethostname(name, sizeof name);
  return sethostname(name, strlen(name));
}

int main(void) {
  char quota[256];
  ATTEMPT("init_module", syscall(SYS_init_module, NULL, 0, ""));
  ATTEMPT("finit_module", syscall(SYS_finit_module, -1, "", 0));
  ATTEMPT("delete_module", syscall(SYS_delete_module, "codeexec_hostile", O_NONBLOCK));
  ATTEMPT("kexec_load", syscall(SYS_kexec_load, 0, 1, NULL, 0xffff));
  ATTEMPT("kexec_file_load", syscall(SYS_kexec_file_load, -1, -1, 0, "", 0xffff));
  ATTEMPT("reboot", syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF, NULL));
  ATTEMPT("swapon", swapon("/tmp/absent", 0));
  ATTEMPT("swapoff", swapoff("/tmp/absent"));
  ATTEMPT("acct", syscall(SYS_acct, "/tmp/absent"));
  ATTEMPT("quotactl", quotactl(QCMD(Q_GETFMT, USRQUOTA), "/dev/absent", 0, quota));
  ATTEMPT("settimeofday", set_time_of_day());
  ATTEMPT("clock_settime", set_clock());
  ATTEMPT("adjtimex", adjust(0));
  ATTEMPT("clock_adjtime", adjust(1));
  ATTEMPT("sethostname", same_host_name());
  ATTEMPT("setdomainname", setdomainname("(none)", 6));
  ATTEMPT("iopl", syscall(SYS_iopl, 3));
  ATTEMPT("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
  ATTEMPT("modify_ldt", syscall(SYS_modify_ldt, 0, quota, sizeof quota));
  ATTEMPT("personality", syscall(SYS_personality, 0x0040000));
  ATTEMPT("personality-linux32", syscall(SYS_personality, 0x0008));
  ATTEMPT("lookup_dcookie", syscall(SYS_lookup_dcookie, 0, quota, sizeof quota));
  return 0;
}
