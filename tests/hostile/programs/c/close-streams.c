/* Closes its streams and lives on: the end of output is not the end of the program. */
#include <unistd.h>

int main(void) {
  if (write(1, "last words\n", 11) != 11) return 1;
  for (int fd = 0; fd < 3; fd++) close(fd);
  alarm(20);
  usleep(400000);
  return 9;
}
