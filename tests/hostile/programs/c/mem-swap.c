/* Fills memory and asks the kernel to move it out of the way. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

int main(void) {
  for (int blocks = 0; blocks < 256; blocks++) {
    char *block = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return 1;
    for (int at = 0; at < 4 << 20; at++) block[at] = (char)(at * 2654435761u >> 13);
    madvise(block, 4 << 20, MADV_PAGEOUT);
  }
  puts("LEAK 1 GiB, swapped");
  return 0;
}
