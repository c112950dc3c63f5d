/* The program is silent; a child of its own, in another session, floods what it inherited. */
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 16];
  memset(block, 'c', sizeof block);
  if (fork() != 0) {
    sleep(1);
    return 0;
  }
  signal(SIGPIPE, SIG_IGN);
  setsid();
  alarm(20);
  for (int blocks = 0; blocks < 8192; blocks++) (void)!write(1 + blocks % 2, block, sizeof block);
  return 0;
}
