/* Filters of its own that would answer for the kernel, and attempts to shed the filter that is there. */
#include "probe.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

static long listener(void) {
  struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  struct sock_fprog program = {1, &allow};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

int main(void) {
  ATTEMPT("user-notification", listener());
  ATTEMPT_OBJECT("mode-off", prctl(PR_SET_SECCOMP, SECCOMP_MODE_DISABLED, 0, 0, 0));
  ATTEMPT_OBJECT("new-privileges", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
  printf("%s\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "no new privileges" : "LEAK new privileges");
  printf("%s\n", prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2 ? "filtered" : "LEAK no filter");
  return 0;
}
