/* Descriptors until refused, in as many processes as there may be. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int hoard(void) {
  int count = 0;
  while (count < 2000000 && open("/dev/null", O_RDONLY) >= 0) count++;
  return count;
}

int main(void) {
  int children = 0;
  while (children < 40 && fork() > 0) children++;
  if (children < 40) {
    hoard();
    usleep(300000);
    _exit(0);
  }
  int count = hoard();
  if (count < 2000000) printf("DENIED open %s after %d\n", strerrorname_np(errno), count);
  else puts("LEAK two million descriptors");
  fflush(stdout);
  while (wait(NULL) > 0) continue;
  return 0;
}
