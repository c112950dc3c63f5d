#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void reverse(char *s) {
    for (char *e = s + strlen(s) - 1; s < e; s++, e--) {
        char c = *s;
        *s = *e;
        *e = c;
    }
}

int main(void) {
    char text[] = "hello";
    reverse(text);
    for (char *p = text; *p; p++) *p = (char)toupper((unsigned char)*p);
    printf("%s %d\n", text, strcmp(text, "OLLEH") == 0);
    char copy[16];
    snprintf(copy, sizeof copy, "%s-%d", text, 3);
    puts(copy);
}
