/* Anonymous files: memory behind descriptors, on no file system with a size limit. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 20];
  memset(block, 'x', sizeof block);
  for (int files = 0; files < 32; files++) {
    int fd = memfd_create("hoard", MFD_CLOEXEC);
    for (int mebibytes = 0; mebibytes < 32; mebibytes++) {
      if (fd < 0 || write(fd, block, sizeof block) != (ssize_t)sizeof block) {
        puts("memfd refused");
        return 1;
      }
    }
  }
  puts("LEAK 1 GiB in anonymous files");
  return 0;
}
