#include <stdio.h>
#include <time.h>

int main(void) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    volatile int x = 0;
    for (int i = 0; i < 1000; i++) {
        x += i;
        __asm__ volatile("" ::: "memory");
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%d %d\n", x, end.tv_sec >= start.tv_sec);
    return 0;
}
