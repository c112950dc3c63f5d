#include <stdio.h>
#include <string.h>

int main(void) {
    char text[] = "the quick brown fox";
    int count = 0;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        printf("%d %s\n", ++count, word);
    }
    int day, month, year;
    if (sscanf("2024-02-29", "%d-%d-%d", &year, &month, &day) == 3) printf("%d/%d/%d\n", day, month, year);
    return 0;
}
