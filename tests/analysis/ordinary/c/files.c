#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    FILE *file = fopen("/tmp/notes.txt", "w+");
    if (!file) {
        fprintf(stderr, "notes.txt: %s\n", strerror(errno));
        return 1;
    }
    fputs("one\ntwo\n", file);
    rewind(file);
    char line[80];
    while (fgets(line, sizeof line, file)) printf("%s", line);
    fclose(file);
    return 0;
}
