/* The child is killed for its memory; the parent hides it and ends with exit code 0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *volatile block;

int main(void) {
  if (fork() == 0) {
    for (int mebibytes = 0; mebibytes < 1024; mebibytes++) {
      block = malloc(1 << 20);
      if (block != NULL) memset(block, 1, 1 << 20);
    }
    puts("LEAK 1 GiB in a child");
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
  puts("all is well");
  return 0;
}
