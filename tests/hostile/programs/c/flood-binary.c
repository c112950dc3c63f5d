/* Random bytes: broken UTF-8, NUL, escape sequences. */
#include <stdint.h>
#include <unistd.h>

int main(void) {
  static uint64_t block[8192];
  uint64_t state = 88172645463325252u;
  for (int blocks = 0; blocks < 4096; blocks++) {
    for (int at = 0; at < 8192; at++) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      block[at] = state;
    }
    if (write(1, block, sizeof block) < 0) return 1;
  }
  return 0;
}
