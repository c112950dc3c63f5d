#include <stdio.h>

enum { N = 2 };

static void multiply(const int a[N][N], const int b[N][N], int out[N][N]) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            out[i][j] = 0;
            for (int k = 0; k < N; k++) out[i][j] += a[i][k] * b[k][j];
        }
}

int main(void) {
    const int m[N][N] = {{1, 2}, {3, 4}};
    int r[N][N];
    multiply(m, m, r);
    printf("%d %d\n%d %d\n", r[0][0], r[0][1], r[1][0], r[1][1]);
}
