/* Files that claim a size nobody has: by truncation, by a write far out, by allocation. */
#include "probe.h"

static int write_far_out(int fd) { return (int)pwrite(fd, "x", 1, (off_t)1 << 40); }

int main(void) {
  signal(SIGXFSZ, SIG_IGN);
  int fd = open("/tmp/sparse", O_CREAT | O_RDWR, 0600);
  ATTEMPT_OBJECT("ftruncate", ftruncate(fd, (off_t)1 << 40));
  ATTEMPT_OBJECT("pwrite", write_far_out(fd));
  ATTEMPT_OBJECT("fallocate", fallocate(fd, 0, 0, (off_t)1 << 40));
  ATTEMPT_OBJECT("fallocate-keep-size", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)1 << 38));
  printf("size %lld\n", (long long)lseek(fd, 0, SEEK_END));
  return 0;
}
