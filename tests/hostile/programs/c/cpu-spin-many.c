/* Eight processes spin, each of them far below the limit of CPU time that they break together. */
#include <unistd.h>

int main(void) {
  for (int children = 0; children < 7; children++)
    if (fork() == 0) break;
  alarm(20);
  for (volatile unsigned long turns = 0;; turns++) continue;
}
