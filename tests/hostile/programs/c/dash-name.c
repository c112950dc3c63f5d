/* Sent under a name that looks like an option. */
#include <stdio.h>

int main(void) {
  puts("a file is a file");
  return 0;
}
