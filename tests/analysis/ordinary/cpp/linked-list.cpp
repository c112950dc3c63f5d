#include <iostream>
#include <utility>

template <typename T>
class List {
    struct Node {
        T value;
        Node *next;
    };
    Node *head_ = nullptr;

public:
    List() = default;
    List(const List &) = delete;
    ~List() {
        while (head_) delete std::exchange(head_, head_->next);
    }
    void push(T value) { head_ = new Node{std::move(value), head_}; }
    bool remove(const T &value) {
        for (Node **link = &head_; *link; link = &(*link)->next) {
            if ((*link)->value == value) {
                delete std::exchange(*link, (*link)->next);
                return true;
            }
        }
        return false;
    }
    void clear() {
        while (head_) remove(head_->value);
    }
};

int main() {
    List<int> list;
    list.push(1);
    list.push(2);
    std::cout << list.remove(1) << list.remove(5) << '\n';
    list.clear();
}
