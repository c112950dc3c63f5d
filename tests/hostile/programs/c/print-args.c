/* Its arguments, one per line, in hexadecimal. */
#include <stdio.h>

int main(int count, char **args) {
  for (int at = 1; at < count; at++) {
    for (unsigned char *byte = (unsigned char *)args[at]; *byte != 0; byte++) printf("%02x", *byte);
    puts(".");
  }
  return 0;
}
