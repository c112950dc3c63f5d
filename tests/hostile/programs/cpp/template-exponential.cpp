// Two new types from each type, within the allowed depth.
template <int depth, class... Path> struct Bomb {
  static constexpr long value = Bomb<depth - 1, Path..., int>::value + Bomb<depth - 1, Path..., long>::value;
};
template <class... Path> struct Bomb<0, Path...> {
  static constexpr long value = sizeof...(Path);
};
int main() { return Bomb<40>::value & 1; }
