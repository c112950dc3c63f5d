/* The compiler shows the line it can't read. */
#include "/proc/self/environ"
#include "/proc/1/environ"
#include "/proc/self/cmdline"
int main(void) { return 0; }
