/* One byte in every 2 MiB: the kernel needs a page table for each, and none of it is the program's own memory. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
  const size_t stride = (size_t)2 << 20, size = (size_t)1 << 39;
  char *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED) {
    puts("mmap refused");
    return 1;
  }
  madvise(area, size, MADV_NOHUGEPAGE);
  for (size_t at = 0; at < size; at += stride) area[at] = 1;
  puts("LEAK 262144 page tables");
  return 0;
}
