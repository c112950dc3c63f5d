/* Processes whose names break what reads lists of processes line by line or word by word, left behind as orphans. */
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  static const char *const names[] = {") Z 1 1 1 (", "a\nState:\tZ", "0::/\n", "(init) R 0", "\x1b[2J", "../../1"};
  for (int count = 0; count < 6; count++) {
    if (fork() != 0) continue;
    prctl(PR_SET_NAME, names[count], 0, 0, 0);
    setsid();
    alarm(20);
    for (;;) pause();
  }
  usleep(50000);
  puts("parent is done");
  return 0;
}
