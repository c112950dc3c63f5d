// Computes for ever at compile time, in pieces that each stay below the compiler's own bounds.
#include <utility>

template <unsigned long part> struct Turn {
  static constexpr unsigned long compute() {
    unsigned long sum = part;
    for (unsigned long at = 0; at < 200000; at++) sum = sum * 6364136223846793005UL + at;
    return sum;
  }
  static constexpr unsigned long value = compute();
};

template <unsigned long... parts> unsigned long all(std::integer_sequence<unsigned long, parts...>) {
  return (Turn<parts>::value + ...);
}

int main() { return all(std::make_integer_sequence<unsigned long, 200000>()) & 1; }
