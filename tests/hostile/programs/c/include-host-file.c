/* The compiler shows the line it can't read, and the line that a directive pretends to be at. */
#if __has_include("@@CANARY_FILE@@")
#error LEAK a file of the host exists
#endif
#include "@@CANARY_FILE@@"
#include "/proc/1/root@@CANARY_FILE@@"
#include "/etc/shadow"
int main(void) { return 0; }
