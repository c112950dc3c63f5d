/* Pretends to have used up its CPU time: the signal is its own, the limit was not reached. */
#include <signal.h>
#include <unistd.h>

int main(void) {
  raise(SIGXCPU);
  kill(getpid(), SIGKILL);
}
