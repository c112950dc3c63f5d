#include <algorithm>
#include <iostream>
#include <list>
#include <vector>

int main() {
    std::vector<int> v{1, 2, 3, 2};
    v.erase(std::remove(v.begin(), v.end(), 2), v.end());
    std::list<int> l{1, 2};
    l.remove(1);
    for (int x : v) std::cout << x << ' ';
    std::cout << l.size() << std::endl;
}
