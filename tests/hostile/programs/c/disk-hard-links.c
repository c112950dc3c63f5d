/* Names for one file until there are no more, each as long as it may be. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  close(open("/tmp/origin", O_CREAT | O_WRONLY, 0600));
  for (int links = 0; links < 1000000; links++) {
    char path[300];
    snprintf(path, sizeof path, "/tmp/%0240d", links);
    if (link("/tmp/origin", path) != 0) {
      printf("DENIED link %s after %d\n", strerrorname_np(errno), links);
      return 0;
    }
  }
  puts("LEAK 1000000 links");
  return 0;
}
