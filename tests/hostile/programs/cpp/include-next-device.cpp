// Devices and folders by other spellings.
#include "../../../../../../dev/zero"
#include "/proc/self/fd/0"
#include "/proc/self/mem"
#include "/dev/stdin"
int main() {}
