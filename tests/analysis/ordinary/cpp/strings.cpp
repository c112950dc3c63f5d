#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

bool palindrome(std::string_view s) {
    return s == std::string(s.rbegin(), s.rend());
}

int main() {
    std::istringstream in("one two three");
    std::string word, last;
    int count = 0;
    while (in >> word) {
        ++count;
        last = word;
    }
    if (last == "three") std::cout << count << ' ' << palindrome("level") << '\n';
    std::cout << R"(raw "text")" << '\n';
}
