#include <float.h>
#include <math.h>
#include <stdio.h>

int main(void) {
    double x = sqrt(2.0);
    if (isnan(x)) return 1;
    printf("%.3f %d %g\n", x, fabs(x * x - 2) < DBL_EPSILON * 4, pow(2, 10));
    int a = 3, b = 5;
    int *p = &a, *q = &b;
    int t = *p;
    *p = *q;
    *q = t;
    printf("%d %d\n", a, b);
    return 0;
}
