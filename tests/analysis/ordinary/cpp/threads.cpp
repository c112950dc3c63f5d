#include <atomic>
#include <future>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

int main() {
    std::atomic<int> total{0};
    std::mutex m;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            std::lock_guard<std::mutex> lock(m);
            total += i;
        });
    for (auto &t : threads) t.join();
    auto answer = std::async(std::launch::async, [&] { return total * 7; });
    std::cout << answer.get() << '\n';
}
