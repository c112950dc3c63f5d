// Four threads spin; the limit counts them together.
#include <thread>
#include <unistd.h>

static void spin() {
  for (volatile unsigned long turns = 0;;) turns = turns + 1;
}

int main() {
  alarm(20);
  for (int count = 0; count < 3; count++) std::thread(spin).detach();
  spin();
}
