#include <stdio.h>

static int parent[10];

static int find(int x) { return parent[x] == x ? x : (parent[x] = find(parent[x])); }
static void bind(int a, int b) { parent[find(a)] = find(b); }

int main(void) {
    for (int i = 0; i < 10; i++) parent[i] = i;
    bind(1, 2);
    bind(2, 3);
    printf("%d %d\n", find(1) == find(3), find(1) == find(4));
    return 0;
}
