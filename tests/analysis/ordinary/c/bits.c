#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static unsigned count(uint32_t x) {
    unsigned n = 0;
    while (x) {
        x &= x - 1;
        n++;
    }
    return n;
}

int main(void) {
    uint64_t hash = 14695981039346656037u;
    for (const char *s = "text"; *s; s++) hash = (hash ^ (unsigned char)*s) * 1099511628211u;
    printf("%u %" PRIx64 "\n", count(0xF0F0), hash);
    return 0;
}
