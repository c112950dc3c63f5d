/* Every process that can be seen or signalled, by number. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  int seen = 0;
  for (pid_t pid = 1; pid < 400000; pid++)
    if (kill(pid, 0) == 0 || errno == EPERM) seen++;
  printf("%s: %d\n", seen <= 3 ? "only its own" : "LEAK more than its own", seen);
  return 0;
}
