/* Empty files until there are no more. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  for (int files = 0; files < 1000000; files++) {
    char path[32];
    snprintf(path, sizeof path, "/tmp/%d", files);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd < 0) {
      printf("DENIED open %s after %d\n", strerrorname_np(errno), files);
      return 0;
    }
    close(fd);
  }
  puts("LEAK 1000000 files");
  return 0;
}
