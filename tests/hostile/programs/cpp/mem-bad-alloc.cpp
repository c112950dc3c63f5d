// Asks for more than there can be, catches the refusal, and goes on with what it can get.
#include <cstdio>
#include <cstring>
#include <new>

int main() {
  int refusals = 0;
  for (int power = 47; power > 35; power--) {
    try {
      char *area = new char[1UL << power];
      std::memset(area, 1, 1UL << 31);
      std::puts("LEAK 2 GiB touched");
      return 0;
    } catch (const std::bad_alloc &) {
      refusals++;
    }
  }
  std::printf("refused %d times\n", refusals);
}
