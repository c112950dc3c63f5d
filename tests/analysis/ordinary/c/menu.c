#include <stdio.h>
#include <stdlib.h>

static void leave(void) { exit(0); }

int main(void) {
    const char choices[] = "adq";
    int next = 0;
    while (1) {
        switch (choices[next++]) {
        case 'a':
            puts("add");
            break;
        case 'd':
            puts("delete");
            break;
        default:
            leave();
        }
    }
}
