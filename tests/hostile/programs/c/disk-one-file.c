/* One file as large as it gets, deaf to the signal that says it is too large. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 20];
  signal(SIGXFSZ, SIG_IGN);
  int fd = open("/out/large", O_CREAT | O_WRONLY, 0600);
  for (int mebibytes = 0; mebibytes < 1024; mebibytes++)
    if (write(fd, block, sizeof block) != (ssize_t)sizeof block) {
      errno = 0;
      (void)!write(fd, block, sizeof block);
      printf("DENIED write %s after %d MiB\n", strerrorname_np(errno), mebibytes);
      return 0;
    }
  puts("LEAK 1 GiB in one file");
  return 0;
}
