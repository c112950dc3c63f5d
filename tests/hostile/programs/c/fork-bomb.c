/* Forks until refused and leaves every child behind. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  for (int count = 0; count < 5000; count++) {
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      pause();
      _exit(0);
    }
    if (child < 0) {
      printf("DENIED fork %s after %d\n", strerrorname_np(errno), count);
      return 0;
    }
  }
  puts("LEAK 5000 processes at once");
  return 0;
}
