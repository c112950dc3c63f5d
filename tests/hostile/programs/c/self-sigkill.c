/* Pretends to have been killed for its memory. */
#include <signal.h>
#include <unistd.h>

int main(void) { return kill(getpid(), SIGKILL); }
