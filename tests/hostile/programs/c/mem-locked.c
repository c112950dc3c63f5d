/* Locked memory may not be reclaimed, so it must be refused or counted. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int main(void) {
  const size_t size = (size_t)1 << 30;
  char *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED || mlock(area, size) != 0) {
    printf("DENIED mlock %s\n", strerrorname_np(errno));
    return 0;
  }
  puts("LEAK 1 GiB locked");
  return 0;
}
