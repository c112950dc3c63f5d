/* Twenty children, each within the limit, all together far beyond it; the parent ends well whatever became of them. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *volatile block;

int main(void) {
  for (int children = 0; children < 20; children++) {
    if (fork() != 0) continue;
    alarm(10);
    block = malloc(16 << 20);
    if (block != NULL) memset(block, 1, 16 << 20);
    usleep(700000);
    _exit(0);
  }
  int killed = 0, status;
  while (wait(&status) > 0)
    if (WIFSIGNALED(status)) killed++;
  printf("%s\n", killed > 0 ? "children were killed" : "LEAK 320 MiB held by children");
  return 0;
}
