/* A daemon by the book, except that it keeps the streams; it ignores every polite request to end. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  puts("parent is done");
  fflush(stdout);
  if (fork() != 0) return 0;
  for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
  setsid();
  if (fork() != 0) _exit(0);
  for (int seconds = 0; seconds < 30; seconds++) {
    sleep(1);
    printf("LEAK still here\n");
    fflush(stdout);
  }
  return 0;
}
