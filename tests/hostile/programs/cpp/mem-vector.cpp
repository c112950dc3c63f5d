// A vector that grows for ever: at each step it needs its old memory and the new.
#include <cstdio>
#include <vector>

int main() {
  std::vector<long> numbers;
  for (long number = 0; number < 1L << 28; number++) numbers.push_back(number);
  std::puts("LEAK 2 GiB in a vector");
}
