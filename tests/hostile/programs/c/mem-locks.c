/* Locks of single bytes, half a million at most: the kernel holds each, and Linux charges nobody with them. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  for (int number = 0; number < 1000; number++) {
    char name[16];
    snprintf(name, sizeof name, "f%d", number);
    int fd = open(name, O_RDWR | O_CREAT, 0600);
    if (fd < 0) break;
    for (int at = 0; at < 500; at++) {
      struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2 * at, .l_len = 1};
      if (fcntl(fd, F_SETLK, &lock) != 0) return 1;
    }
  }
  printf("locked\n");
  fflush(stdout);
  /* Some use of the processor: who sleeps is not asked. */
  for (volatile unsigned long turn = 0; turn < 3000000000ul; turn++) continue;
  return 0;
}
