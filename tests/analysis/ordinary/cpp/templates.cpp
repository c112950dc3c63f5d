#include <concepts>
#include <iostream>
#include <string>

template <typename T>
concept Printable = requires(T t) { std::cout << t; };

template <Printable... Ts>
void print(const Ts &...values) {
    ((std::cout << values << ' '), ...);
    std::cout << '\n';
}

template <typename T, int N>
struct Array {
    T data[N]{};
    constexpr int size() const { return N; }
    T &operator[](int i) { return data[i]; }
};

int main() {
    Array<int, 3> a;
    a[1] = 5;
    print(1, "two", 3.5, a[1], a.size());
}
