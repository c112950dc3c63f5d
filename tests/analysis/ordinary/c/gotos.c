#include <stdio.h>
#include <stdlib.h>

int main(void) {
    int status = 1;
    char *first = malloc(10);
    if (!first) goto out;
    char *second = malloc(10);
    if (!second) goto free_first;
    for (;;) {
        status = 0;
        goto free_second;
    }
free_second:
    free(second);
free_first:
    free(first);
out:
    printf("%d\n", status);
    return status;
}
