// Catches its own crash and goes on for ever inside the handler.
#include <csignal>
#include <cstdio>
#include <unistd.h>

static void again(int) {
  for (;;) pause();
}

int main() {
  std::signal(SIGSEGV, again);
  alarm(20);
  std::puts("crashing");
  std::fflush(stdout);
  volatile int *nowhere = nullptr;
  *nowhere = 1;
}
