#include <stdio.h>

static void hanoi(int n, char from, char to, char spare) {
    if (n == 0) return;
    hanoi(n - 1, from, spare, to);
    printf("%c -> %c\n", from, to);
    hanoi(n - 1, spare, to, from);
}

static unsigned long long factorial(unsigned n) { return n < 2 ? 1 : n * factorial(n - 1); }

int main(void) {
    hanoi(3, 'A', 'C', 'B');
    printf("%llu\n", factorial(20));
}
