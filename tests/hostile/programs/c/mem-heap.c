/* Allocates and touches up to 2 GiB. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *volatile block;

int main(void) {
  for (int mebibytes = 0; mebibytes < 2048; mebibytes++) {
    block = malloc(1 << 20);
    if (block == NULL) {
      puts("malloc refused");
      return 1;
    }
    memset(block, mebibytes | 1, 1 << 20);
  }
  puts("LEAK 2 GiB of heap");
  return 0;
}
