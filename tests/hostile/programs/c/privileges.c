/* Who this program is, and every way to become somebody else. */
#include "probe.h"
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

static long set_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
  return syscall(SYS_capset, &header, data);
}

static void check_status(void) {
  static char line[512];
  FILE *file = fopen("/proc/self/status", "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    unsigned long long set;
    unsigned ids[4];
    char kind[16];
    if (sscanf(line, "Cap%15[A-Za-z]: %llx", kind, &set) == 2)
      printf("%s Cap%s %llx\n", set == 0 ? "EMPTY" : "LEAK", kind, set);
    if (sscanf(line, "%15[UG]id: %u %u %u %u", kind, &ids[0], &ids[1], &ids[2], &ids[3]) == 5)
      for (int at = 0; at < 4; at++)
        if (ids[at] < 900000 || ids[at] > 900127) printf("LEAK %s\n", line);
    if (strncmp(line, "Groups:", 7) == 0 && strtoul(line + 7, NULL, 10) != 0 && strtoul(line + 7, NULL, 10) < 900000)
      printf("LEAK %s\n", line);
  }
}

int main(void) {
  const gid_t root_group = 0;
  check_status();
  ATTEMPT("setuid", setuid(0));
  ATTEMPT("setreuid", setreuid(0, 0));
  ATTEMPT("setresuid", setresuid(0, 0, 0));
  ATTEMPT("setgid", setgid(0));
  ATTEMPT("setresgid", setresgid(0, 0, 0));
  ATTEMPT("setgroups", setgroups(1, &root_group));
  ATTEMPT("capset", set_capabilities());
  ATTEMPT("ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0));
  ATTEMPT("bounding", prctl(PR_CAPBSET_DROP, CAP_CHOWN, 0, 0, 0));
  ATTEMPT("securebits", prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
  setfsuid(0);
  printf("%s\n", setfsuid((uid_t)-1) == 0 ? "LEAK setfsuid" : "DENIED setfsuid");
  printf("%s\n", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) != 0 ? "bits set" : "LEAK securebits");
  return 0;
}
