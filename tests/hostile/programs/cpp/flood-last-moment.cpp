// Says nothing while it runs and everything as it ends.
#include <cstdio>
#include <cstdlib>
#include <cstring>

static char piece[1 << 20];

static void speak() {
  std::memset(piece, 'z', sizeof piece);
  for (int count = 0; count < 256; count++) std::fwrite(piece, 1, sizeof piece, stderr);
}

int main() { std::atexit(speak); }
