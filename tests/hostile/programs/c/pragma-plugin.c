/* Options that load code into the compiler, through the source. */
#pragma GCC optimize("-fplugin=/tmp/hostile.so")
#pragma GCC optimize("plugin=/tmp/hostile.so", "no-such-thing")
#pragma comment(lib, "/tmp/hostile.so")
#include <stdio.h>

__attribute__((optimize("-fplugin=/tmp/hostile.so"))) int main(void) {
  puts("compiled without it");
  return 0;
}
