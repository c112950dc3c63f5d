#include <iostream>
#include <string>

class Controller {
public:
    void system(const std::string &name) { std::cout << name << '\n'; }
    void exec() { system("own"); kill(3); }
    void kill(int id);
    void run();

private:
    void fork() { ++forks_; }
    int forks_ = 0;
};

void Controller::kill(int id) { std::cout << "kill " << id << '\n'; }

void Controller::run() {
    fork();
    kill(1);
    exec();
}

int main() {
    Controller c;
    c.run();
    c.system("x");
}
