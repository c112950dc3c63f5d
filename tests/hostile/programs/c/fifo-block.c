/* Opens a pipe that nobody will ever write to. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  alarm(20);
  if (mkfifo("/tmp/never", 0600) != 0) return 1;
  puts("waiting");
  fflush(stdout);
  return open("/tmp/never", O_RDONLY) < 0;
}
