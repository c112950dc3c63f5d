#include <deque>
#include <functional>
#include <iostream>

class Loop {
    std::deque<std::function<void()>> tasks_;

public:
    void post(std::function<void()> task) { tasks_.push_back(std::move(task)); }
    void run() {
        for (;;) {
            if (tasks_.empty()) return;
            auto task = std::move(tasks_.front());
            tasks_.pop_front();
            task();
        }
    }
};

int main() {
    Loop loop;
    loop.post([&] {
        std::cout << "first\n";
        loop.post([] { std::cout << "second\n"; });
    });
    loop.run();
}
