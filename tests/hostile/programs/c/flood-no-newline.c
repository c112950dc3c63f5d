/* One endless line, larger pieces than any pipe holds. */
#include <string.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 20];
  memset(block, 'a', sizeof block);
  for (int blocks = 0; blocks < 512; blocks++)
    if (write(1, block, sizeof block) < 0) return 1;
  return 0;
}
