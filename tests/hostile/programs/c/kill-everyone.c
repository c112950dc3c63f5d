/* Signals to everything within reach: what watches over this program must be out of reach. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  if (getuid() == 0) {
    puts("LEAK root");
    return 1;
  }
  const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGCHLD, SIGUSR1, SIGSTOP, SIGTSTP, SIGKILL};
  for (int number = 0; number < 8; number++) {
    if (getppid() > 0) kill(getppid(), numbers[number]);
    kill(1, numbers[number]);
  }
  kill(-1, SIGSTOP);
  kill(-1, SIGKILL);
  usleep(200000);
  puts("still alive");
  return 4;
}
