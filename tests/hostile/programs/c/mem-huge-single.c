/* One allocation larger than any machine, then touched from its start. */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  const size_t size = (size_t)1 << 44;
  char *area = malloc(size);
  if (area == NULL) {
    puts("DENIED malloc of 16 TiB");
    return 3;
  }
  for (size_t at = 0; at < (size_t)2 << 30; at += 4096) area[at] = 1;
  puts("LEAK 2 GiB touched");
  return 0;
}
