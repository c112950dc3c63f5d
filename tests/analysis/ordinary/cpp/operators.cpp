#include <compare>
#include <iostream>

struct Fraction {
    long n, d;
    friend Fraction operator+(Fraction a, Fraction b) { return {a.n * b.d + b.n * a.d, a.d * b.d}; }
    friend std::ostream &operator<<(std::ostream &out, const Fraction &f) { return out << f.n << '/' << f.d; }
    auto operator<=>(const Fraction &) const = default;
};

int main() {
    Fraction half{1, 2}, third{1, 3};
    std::cout << half + third << ' ' << (half == third) << '\n';
}
