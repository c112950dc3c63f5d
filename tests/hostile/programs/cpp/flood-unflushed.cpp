// One flush after every character.
#include <iostream>

int main() {
  for (int count = 0; count < 20000000; count++) std::cout << 'x' << std::flush;
}
