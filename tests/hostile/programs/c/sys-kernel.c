/* The kernel's own machinery: programs in it, counters of it, its rings, its log, its page faults. */
#include "probe.h"
#include <linux/perf_event.h>

static long perf(int cpu, pid_t pid) {
  struct perf_event_attr attributes = {
      .type = PERF_TYPE_SOFTWARE, .size = sizeof attributes, .config = PERF_COUNT_SW_TASK_CLOCK,
      .exclude_kernel = 1, .exclude_hv = 1,
  };
  return syscall(SYS_perf_event_open, &attributes, pid, cpu, -1, 0);
}

static long bpf_map(void) {
  unsigned attributes[32] = {2, 4, 4, 1};
  return syscall(SYS_bpf, 0, attributes, sizeof attributes);
}

int main(void) {
  static char parameters[120], log[4096];
  ATTEMPT("bpf", bpf_map());
  ATTEMPT("bpf-load", syscall(SYS_bpf, 5, parameters, sizeof parameters));
  ATTEMPT("perf-self", perf(-1, 0));
  ATTEMPT("perf-cpu", perf(0, -1));
  ATTEMPT("io_uring_setup", syscall(SYS_io_uring_setup, 1, parameters));
  ATTEMPT("io_uring_enter", syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0));
  ATTEMPT("io_uring_register", syscall(SYS_io_uring_register, -1, 0, NULL, 0));
  ATTEMPT("userfaultfd", syscall(SYS_userfaultfd, 0));
  ATTEMPT("userfaultfd-user", syscall(SYS_userfaultfd, 1));
  ATTEMPT("syslog-read", syscall(SYS_syslog, 3, log, sizeof log));
  ATTEMPT("syslog-size", syscall(SYS_syslog, 10, NULL, 0));
  ATTEMPT("fanotify", syscall(SYS_fanotify_init, 0, O_RDONLY));
  ATTEMPT("add_key", syscall(SYS_add_key, "user", "hostile", "x", 1, -2));
  ATTEMPT("request_key", syscall(SYS_request_key, "user", "hostile", NULL, -2));
  ATTEMPT("keyctl-session", syscall(SYS_keyctl, 0, -3, 0, 0, 0));
  ATTEMPT("keyctl-join", syscall(SYS_keyctl, 1, "hostile", 0, 0, 0));
  ATTEMPT("keyctl-user", syscall(SYS_keyctl, 0, -4, 1, 0, 0));
  return 0;
}
