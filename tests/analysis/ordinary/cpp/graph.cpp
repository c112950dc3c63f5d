#include <iostream>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <vector>

class Graph {
public:
    void connect(int a, int b) {
        edges_[a].push_back(b);
        edges_[b].push_back(a);
    }
    int reach(int start) const {
        std::queue<int> open;
        std::unordered_set<int> seen{start};
        open.push(start);
        while (!open.empty()) {
            int node = open.front();
            open.pop();
            if (auto it = edges_.find(node); it != edges_.end())
                for (int next : it->second)
                    if (seen.insert(next).second) open.push(next);
        }
        return static_cast<int>(seen.size());
    }

private:
    std::unordered_map<int, std::vector<int>> edges_;
};

int main() {
    Graph g;
    g.connect(1, 2);
    g.connect(2, 3);
    std::cout << g.reach(1) << '\n';
}
