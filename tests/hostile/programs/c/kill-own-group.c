/* Kills its own process group: a signal death of its own making, nothing else. */
#include <signal.h>
#include <stdio.h>

int main(void) {
  puts("farewell");
  fflush(stdout);
  return kill(0, SIGKILL);
}
