/* Tries to be spared when memory runs out, and to have the parent chosen instead. */
#include "probe.h"

static int write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY);
  if (fd < 0) return -1;
  int result = write(fd, text, strlen(text)) < 0 ? -1 : 0;
  close(fd);
  return result;
}

static char *volatile block;

int main(void) {
  ATTEMPT("oom_score_adj", write_text("/proc/self/oom_score_adj", "-1000"));
  ATTEMPT_OBJECT("init-oom_score_adj", write_text("/proc/1/oom_score_adj", "1000"));
  for (int mebibytes = 0; mebibytes < 1024; mebibytes++) {
    block = malloc(1 << 20);
    memset(block, 1, 1 << 20);
  }
  puts("LEAK 1 GiB");
  return 0;
}
