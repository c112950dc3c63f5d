/* Recursion without end, after asking for a stack without end. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int descend(int depth) {
  volatile char frame[65536];
  memset((char *)frame, depth, sizeof frame);
  if (depth > 32768) return frame[0];
  return descend(depth + 1) + frame[1];
}

int main(int count, char **args) {
  if (count < 2) {
    const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_STACK, &unlimited);
    execl("/proc/self/exe", args[0], "again", (char *)NULL);
  }
  printf("LEAK 2 GiB of stack %d\n", descend(0));
  return 0;
}
