// Instances without end.
template <int depth> struct Bomb {
  static constexpr int value = Bomb<depth + 1>::value + 1;
};
int main() { return Bomb<0>::value; }
