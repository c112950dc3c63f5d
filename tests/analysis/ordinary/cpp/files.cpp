#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace fs = std::filesystem;

int main() {
    const fs::path path = fs::temp_directory_path() / "notes.txt";
    std::ofstream(path) << "one\ntwo\n";
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) std::cout << line << '\n';
    std::cout << fs::exists(path) << ' ' << fs::file_size(path) << '\n';
}
