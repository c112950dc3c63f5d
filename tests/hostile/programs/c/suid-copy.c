/* Makes its own copy set-uid and runs it; asks for capabilities on it as well. */
#include "probe.h"
#include <sys/stat.h>
#include <sys/xattr.h>

static int copy_self(const char *path) {
  static char block[65536];
  int from = open("/proc/self/exe", O_RDONLY), to = open(path, O_CREAT | O_WRONLY, 0700);
  for (ssize_t count; (count = read(from, block, sizeof block)) > 0;)
    if (write(to, block, (size_t)count) != count) return -1;
  return close(to);
}

int main(int count, char **args) {
  static const unsigned char all_capabilities[20] = {1, 0, 0, 2, 255, 255, 255, 255, 0, 0, 0, 0, 255, 1, 0, 0};
  if (count > 1) {
    printf("%s %s\n", args[1], geteuid() == 0 ? "LEAK root" : "gained nothing");
    return 0;
  }
  if (copy_self("/out/copy") != 0) return 1;
  ATTEMPT("chown-root", chown("/out/copy", 0, 0));
  ATTEMPT_OBJECT("capabilities", setxattr("/out/copy", "security.capability", all_capabilities, 20, 0));
  chmod("/out/copy", 06755);
  execl("/out/copy", "copy", "the copy", (char *)NULL);
  return 1;
}
