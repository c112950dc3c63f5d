/* Folders within folders, far deeper than a path can say; whoever cleans up must not follow by name. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  static char name[256];
  memset(name, 'd', 255);
  if (chdir("/out") != 0) return 1;
  int depth = 0;
  while (depth < 20000 && mkdir(name, 0700) == 0 && chdir(name) == 0) depth++;
  printf("deep enough: %s\n", depth > 1000 ? "yes" : strerrorname_np(errno));
  return 0;
}
