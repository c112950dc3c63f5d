/* Stops itself and can't be woken by anyone inside. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  alarm(20);
  puts("stopping");
  fflush(stdout);
  raise(SIGSTOP);
  puts("LEAK somebody woke it");
  return 0;
}
