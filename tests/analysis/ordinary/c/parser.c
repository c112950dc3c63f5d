#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static const char *at;

static double sum(void);

static double factor(void) {
    if (*at == '(') {
        at++;
        double value = sum();
        at++;
        return value;
    }
    char *end;
    double value = strtod(at, &end);
    at = end;
    return value;
}

static double product(void) {
    double value = factor();
    for (;;) {
        if (*at == '*') at++, value *= factor();
        else if (*at == '/') at++, value /= factor();
        else return value;
    }
}

static double sum(void) {
    double value = product();
    while (*at == '+' || *at == '-') value += *at++ == '+' ? product() : -product();
    return value;
}

int main(void) {
    at = "2*(3+4)-1";
    printf("%g\n", sum());
}
