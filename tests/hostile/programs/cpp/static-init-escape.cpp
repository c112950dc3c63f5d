// Acts before main and after it: a constructor starts a daemon, a destructor another.
#include <csignal>
#include <cstdio>
#include <unistd.h>

struct Daemon {
  static void start() {
    std::fflush(stdout);
    if (fork() != 0) return;
    setsid();
    std::signal(SIGTERM, SIG_IGN);
    alarm(20);
    for (;;) pause();
  }
  Daemon() { start(); }
  ~Daemon() { start(); }
} daemon_of_ours;

int main() { std::puts("main is done"); }
