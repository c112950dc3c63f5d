/* Threads by the raw call, without a thread library that could count them. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STACK_BYTES 8192

static int sleep_long(void *unused) {
  (void)unused;
  return (int)sleep(20);
}

int main(void) {
  int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  alarm(20);
  for (int count = 0; count < 5000; count++) {
    char *stack = malloc(STACK_BYTES);
    if (clone(sleep_long, stack + STACK_BYTES, flags, NULL) < 0) {
      printf("DENIED clone %s after %d\n", strerrorname_np(errno), count);
      fflush(stdout);
      _exit(0);
    }
  }
  puts("LEAK 5000 threads at once");
  return 0;
}
