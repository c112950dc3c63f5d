/* Asks for a priority above everybody else's. */
#include "probe.h"
#include <sched.h>
#include <sys/resource.h>

int main(void) {
  struct sched_param highest = {.sched_priority = 99};
  struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  ATTEMPT("sched_fifo", sched_setscheduler(0, SCHED_FIFO, &highest));
  ATTEMPT("sched_rr", sched_setscheduler(0, SCHED_RR, &highest));
  ATTEMPT("nice", setpriority(PRIO_PROCESS, 0, -20));
  ATTEMPT("ioprio", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
  ATTEMPT("memlock-limit", setrlimit(RLIMIT_MEMLOCK, &unlimited));
  ATTEMPT("core-limit", setrlimit(RLIMIT_CORE, &unlimited));
  ATTEMPT("fsize-limit", setrlimit(RLIMIT_FSIZE, &unlimited));
  return 0;
}
