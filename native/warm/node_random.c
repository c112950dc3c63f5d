/*
 * V8 seeds the generator from which `Math.random` gets its own seed early. It is no exported object, but known by what
 * it holds: a seed, and a state that follows from it.
 */
#include "node_random.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "mappings.h"
#include "symbols.h"

#define MAX_GENERATORS 16u
/* Far more numbers than are drawn while Node starts. */
#define MAX_DRAWN 512u

/* v8::base::RandomNumberGenerator: xorshift128+, its state made of the seed by MurmurHash3's last step. */
struct generator {
    int64_t seed;
    uint64_t state[2];
};

struct evp_rand;

static struct {
    struct generator *generators[MAX_GENERATORS];
    unsigned count;
    void (*seed)(struct generator *generator, int64_t seed);
    struct evp_rand *(*primary)(void *library);
    int (*reseed)(struct evp_rand *random, int resistant, const void *entropy, size_t size, const void *more,
                  size_t more_size);
} source;

static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

static bool follows_from_seed(const struct generator *found)
{
    if (found->seed == 0 || found->state[0] == 0 || found->state[1] == 0) return false;
    uint64_t state[2];
    state[0] = mix((uint64_t)found->seed);
    state[1] = mix(~state[0]);
    for (unsigned drawn = 0; drawn < MAX_DRAWN; drawn++) {
        if (state[0] == found->state[0] && state[1] == found->state[1]) return true;
        uint64_t first = state[0], second = state[1];
        first ^= first << 23;
        first ^= first >> 17;
        first ^= second;
        first ^= second >> 26;
        state[0] = second;
        state[1] = first;
    }
    return false;
}

/* Seeds are 64 random bits: their upper bits are not those of addresses or small numbers. */
static bool may_be_seed(int64_t value)
{
    uint64_t upper = (uint64_t)value >> 48;
    return upper != 0 && upper != 0xffff;
}

static void find_in(struct range range)
{
    for (uintptr_t at = range.start; at + sizeof(struct generator) <= range.end; at += sizeof(uint64_t)) {
        struct generator *found = (struct generator *)at;
        if (may_be_seed(found->seed) && follows_from_seed(found) && source.count < MAX_GENERATORS)
            source.generators[source.count++] = found;
    }
}

bool node_random_find(void)
{
    if (!symbol_find("_ZN2v84base21RandomNumberGenerator7SetSeedEl", &source.seed) ||
        !symbol_find("RAND_get0_primary", &source.primary) || !symbol_find("EVP_RAND_reseed", &source.reseed))
        return false;
    find_in(mappings_heap());
    /* There is at least the isolate's. */
    unsigned in_heap = source.count;
    find_in(mappings_data());
    return in_heap > 0 && source.count < MAX_GENERATORS;
}

void node_random_renew(void)
{
    for (unsigned i = 0; i < source.count; i++) {
        int64_t seed;
        if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) _exit(1);
        source.seed(source.generators[i], seed);
    }
    /* Those of the threads follow the primary one. OpenSSL does this by itself when its process has another number. */
    struct evp_rand *primary = source.primary(NULL);
    if (primary && !source.reseed(primary, 0, NULL, 0, NULL, 0)) _exit(1);
}
