#include <stdio.h>

struct enemy {
    int health;
    void (*kill)(struct enemy *);
};

static void kill(struct enemy *e) { e->health = 0; }
static int system(int level) { return level * 2; }
static void connect(int from, int to) { printf("%d-%d\n", from, to); }

int main(void) {
    struct enemy e = {3, kill};
    e.kill(&e);
    connect(1, system(2));
    printf("%d\n", e.health);
    return 0;
}
