/* A chain of vfork: every process waits inside the kernel for the one below it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int deepest;
static int refusal;

static void descend(int depth) {
  if (depth >= 5000) return;
  pid_t child = vfork();
  if (child == 0) {
    deepest = depth;
    descend(depth + 1);
    _exit(0);
  }
  if (child < 0) refusal = errno;
}

int main(void) {
  alarm(20);
  descend(1);
  if (refusal != 0) printf("DENIED vfork %s after %d\n", strerrorname_np(refusal), deepest);
  else puts("LEAK a chain of 5000");
  return 0;
}
