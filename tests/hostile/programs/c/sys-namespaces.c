/* New namespaces by every road, and those of others. A new user namespace would give every capability inside it. */
#include "probe.h"
#include <linux/sched.h>
#include <sched.h>

static int enter(const char *path) {
  int fd = open(path, O_RDONLY);
  return fd < 0 ? -1 : setns(fd, 0);
}

static int enter_process(pid_t pid) {
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  return fd < 0 ? -1 : setns(fd, CLONE_NEWNS | CLONE_NEWPID);
}

static long clone3_with(unsigned long long flags) {
  struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};
  return syscall(SYS_clone3, &args, sizeof args);
}

int main(void) {
  static const struct { const char *name; unsigned flag; } kinds[] = {
      {"user", CLONE_NEWUSER}, {"mnt", CLONE_NEWNS}, {"pid", CLONE_NEWPID}, {"net", CLONE_NEWNET},
      {"ipc", CLONE_NEWIPC}, {"uts", CLONE_NEWUTS}, {"cgroup", CLONE_NEWCGROUP},
  };
  char name[64], path[64];
  for (unsigned at = 0; at < sizeof kinds / sizeof *kinds; at++) {
    snprintf(name, sizeof name, "unshare-%s", kinds[at].name);
    ATTEMPT(name, unshare((int)kinds[at].flag));
    snprintf(name, sizeof name, "clone-%s", kinds[at].name);
    ATTEMPT(name, syscall(SYS_clone, kinds[at].flag | SIGCHLD, 0, 0, 0, 0));
    snprintf(name, sizeof name, "clone3-%s", kinds[at].name);
    ATTEMPT(name, clone3_with(kinds[at].flag));
    snprintf(name, sizeof name, "setns-%s", kinds[at].name);
    snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[at].name);
    ATTEMPT(name, enter(path));
  }
  ATTEMPT("unshare-time", unshare(0x80));
  ATTEMPT("setns-init", enter("/proc/1/ns/mnt"));
  ATTEMPT("setns-pidfd", enter_process(getpid()));
  ATTEMPT("clone3-all", clone3_with(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET));
  ATTEMPT("clone3-into-cgroup", clone3_with(0x200000000ULL));
  return 0;
}
