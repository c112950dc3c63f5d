#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LIMIT 50

int main(void) {
    bool prime[LIMIT + 1];
    memset(prime, true, sizeof prime);
    for (int n = 2; n * n <= LIMIT; n++)
        if (prime[n])
            for (int m = n * n; m <= LIMIT; m += n) prime[m] = false;
    for (int n = 2; n <= LIMIT; n++)
        if (prime[n]) printf("%d ", n);
    putchar('\n');
}
