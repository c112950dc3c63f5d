/* Shared anonymous mappings, filled by the kernel at once. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
  for (int mappings = 0; mappings < 256; mappings++) {
    void *area = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (area == MAP_FAILED) {
      puts("mmap refused");
      return 1;
    }
  }
  puts("LEAK 2 GiB of shared mappings");
  return 0;
}
