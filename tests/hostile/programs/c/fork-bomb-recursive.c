/* Every process forks for ever. No process ends by itself, so forks that worked are processes that live. */
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  int *forks = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  alarm(20);
  for (;;) {
    if (__atomic_load_n(forks, __ATOMIC_SEQ_CST) >= 5000) continue;
    if (fork() == 0) alarm(20);
    else continue;
    if (__atomic_add_fetch(forks, 1, __ATOMIC_SEQ_CST) == 65 && write(1, "LEAK more than 64 processes\n", 28) < 0)
      _exit(1);
  }
}
