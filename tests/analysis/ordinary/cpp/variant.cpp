#include <iostream>
#include <optional>
#include <string>
#include <variant>

using Value = std::variant<int, double, std::string>;

std::optional<int> parse(const std::string &s) {
    try {
        return std::stoi(s);
    } catch (const std::exception &) {
        return std::nullopt;
    }
}

int main() {
    for (const Value &v : {Value{1}, Value{2.5}, Value{"x"}})
        std::visit([](const auto &x) { std::cout << x << '\n'; }, v);
    std::cout << parse("12").value_or(-1) << parse("y").has_value() << '\n';
}
