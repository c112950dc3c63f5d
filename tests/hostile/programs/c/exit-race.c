/* Thirty processes that fork as fast as they can while the program ends. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
  for (int count = 0; count < 30; count++) {
    if (fork() != 0) continue;
    alarm(10);
    for (int tries = 0; tries < 5000; tries++) {
      pid_t child = fork();
      if (child == 0 && tries % 2 == 0) _exit(0);
    }
    pause();
    _exit(0);
  }
  puts("left in the middle of it");
  return 0;
}
