#include <iostream>
#include <string>

namespace home {
struct Socket {
    std::string place;
    void connect(const std::string &plug) const { std::cout << plug << " in " << place << '\n'; }
};
Socket accept(const std::string &place) { return {place}; }
void listen(int volume) { std::cout << volume << '\n'; }
}  // namespace home

int main() {
    home::Socket socket{"wall"};
    socket.connect("lamp");
    home::accept("floor").connect("radio");
    home::listen(3);
}
