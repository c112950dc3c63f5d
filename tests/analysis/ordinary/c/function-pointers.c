#include <stdio.h>
#include <stdlib.h>

typedef int (*operation)(int, int);

static int add(int a, int b) { return a + b; }
static int times(int a, int b) { return a * b; }
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(void) {
    operation operations[] = {add, times};
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) printf("%d\n", operations[i](3, 4));
    int numbers[] = {5, 2, 9};
    qsort(numbers, 3, sizeof *numbers, compare);
    int (*apply)(int, int) = numbers[0] == 2 ? add : times;
    printf("%d %d\n", numbers[0], (*apply)(1, 2));
    return EXIT_SUCCESS;
}
