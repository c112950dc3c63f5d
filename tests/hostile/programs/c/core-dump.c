/* Dies with a core dump: nothing may be written for it, here or on the host. */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int main(void) {
  struct rlimit core;
  getrlimit(RLIMIT_CORE, &core);
  core.rlim_cur = core.rlim_max;
  setrlimit(RLIMIT_CORE, &core);
  prctl(PR_SET_DUMPABLE, 1);
  abort();
}
