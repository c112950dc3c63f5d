#include <iostream>
#include <ranges>
#include <vector>

int main() {
    std::vector<int> v{1, 2, 3, 4, 5, 6};
    auto even = [](int n) { return n % 2 == 0; };
    for (int n : v | std::views::filter(even) | std::views::transform([](int n) { return n * n; })) {
        std::cout << n << '\n';
    }
}
