/* A moving target: each process starts its successor in a new session and ends; whoever lists processes is late. */
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  time_t deadline = time(NULL) + 15;
  puts("chain started");
  fflush(stdout);
  if (fork() != 0) return 0;
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  for (int hop = 0; hop < 100000 && time(NULL) < deadline; hop++) {
    setsid();
    pid_t child = fork();
    if (child > 0) _exit(0);
    usleep(100);
  }
  return 0;
}
