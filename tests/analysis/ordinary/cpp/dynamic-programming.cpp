#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

int lcs(const std::string &a, const std::string &b) {
    std::vector<std::vector<int>> best(a.size() + 1, std::vector<int>(b.size() + 1));
    for (size_t i = 1; i <= a.size(); ++i)
        for (size_t j = 1; j <= b.size(); ++j)
            best[i][j] = a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
    return best[a.size()][b.size()];
}

int main() { std::cout << lcs("AGGTAB", "GXTXAYB") << '\n'; }
