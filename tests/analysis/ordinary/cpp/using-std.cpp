#include <bits/stdc++.h>
using namespace std;

int main() {
    vector<int> a = {3, 1, 2};
    sort(a.begin(), a.end());
    a.erase(remove(a.begin(), a.end(), 2), a.end());
    auto f = bind(plus<int>(), placeholders::_1, 10);
    map<string, int> counts;
    for (auto &w : {"a", "b", "a"}) counts[w]++;
    cout << f(a[0]) << " " << counts["a"] << endl;
    return 0;
}
