#include <algorithm>
#include <functional>
#include <iostream>
#include <numeric>
#include <vector>

int main() {
    std::vector<int> v(5);
    std::iota(v.begin(), v.end(), 1);
    int factor = 3;
    std::transform(v.begin(), v.end(), v.begin(), [factor](int x) { return x * factor; });
    std::function<int(int)> fib = [&](int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); };
    std::cout << std::accumulate(v.begin(), v.end(), 0) << ' ' << fib(10) << '\n';
}
