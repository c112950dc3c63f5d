/* Spins, deaf to every signal that can be ignored. */
#include <signal.h>
#include <time.h>

int main(void) {
  for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
  time_t deadline = time(NULL) + 20;
  for (volatile unsigned long turns = 0;; turns++)
    if (turns % 100000000 == 0 && time(NULL) > deadline) return 0;
}
