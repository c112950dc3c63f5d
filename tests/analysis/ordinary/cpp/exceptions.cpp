#include <iostream>
#include <stdexcept>

struct NotFound : std::runtime_error {
    using std::runtime_error::runtime_error;
};

int find(int x) {
    if (x < 0) throw NotFound("negative");
    return x;
}

int main() {
    try {
        while (true) {
            static int n = 2;
            find(--n);
        }
    } catch (const NotFound &e) {
        std::cout << e.what() << '\n';
    }
    return 0;
}
