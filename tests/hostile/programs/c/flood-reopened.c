/* Floods through fresh openings of its streams, with a pipe made as large as it goes, ignoring that it closes. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 16];
  const char *ways[] = {"/dev/stdout", "/proc/self/fd/1", "/dev/fd/2"};
  memset(block, 'r', sizeof block);
  signal(SIGPIPE, SIG_IGN);
  fcntl(1, F_SETPIPE_SZ, 1 << 20);
  alarm(20);
  for (int blocks = 0; blocks < 8192; blocks++) {
    int fd = open(ways[blocks % 3], O_WRONLY);
    if (fd < 0) return 1;
    (void)!write(fd, block, sizeof block);
    close(fd);
  }
  return 0;
}
