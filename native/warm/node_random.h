/* Random numbers of Node's: those of `Math.random` and of V8, and those of OpenSSL. */
#ifndef CODEEXEC_WARM_NODE_RANDOM_H
#define CODEEXEC_WARM_NODE_RANDOM_H

#include <stdbool.h>

/* Finds the generators that V8 has seeded already. */
bool node_random_find(void);
/* In the program: seeds them anew. */
void node_random_renew(void);

#endif
