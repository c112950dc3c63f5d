/* Moves pages into the pipe without writing them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 16] __attribute__((aligned(4096)));
  const struct iovec pages = {block, sizeof block};
  for (int at = 0; at < 1 << 16; at++) block[at] = 's';
  alarm(20);
  for (int blocks = 0; blocks < 8192; blocks++)
    if (vmsplice(1, &pages, 1, SPLICE_F_GIFT) < 0) return 1;
  return 0;
}
