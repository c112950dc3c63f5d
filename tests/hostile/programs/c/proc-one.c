/* What is known of the process that started this one, and of the machine's first. */
#include "probe.h"
#include <dirent.h>

static int list(const char *path) {
  int entries = 0;
  DIR *folder = opendir(path);
  if (folder == NULL) return -1;
  while (readdir(folder) != NULL) entries++;
  closedir(folder);
  errno = ENOENT;
  return entries > 2 ? 0 : -1;
}

static int host_root(void) {
  /* A root of another mount namespace would hold the host's own folders. */
  return access("/proc/1/root/proc/1/root/var/lib/codeexec", F_OK);
}

int main(void) {
  char parent[64];
  attempt_read("/proc/1/environ");
  attempt_read("/proc/1/mem");
  attempt_read("/proc/1/maps");
  attempt_read("/proc/1/stack");
  attempt_read("/proc/1/syscall");
  ATTEMPT_OBJECT("init-fd", list("/proc/1/fd"));
  ATTEMPT_OBJECT("init-root", host_root());
  attempt_open("/proc/1/exe", O_WRONLY);
  attempt_open("/proc/1/cwd", O_RDONLY);
  attempt_open("/proc/1/ns/mnt", O_RDONLY);
  snprintf(parent, sizeof parent, "/proc/%d/environ", getppid());
  if (getppid() > 1) attempt_read(parent);
  return 0;
}
