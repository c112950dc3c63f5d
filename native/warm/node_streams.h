/*
 * Node notes what its standard streams are when it starts, and when it ends gives those that are still the same their
 * former mode back.
 */
#ifndef CODEEXEC_WARM_NODE_STREAMS_H
#define CODEEXEC_WARM_NODE_STREAMS_H

#include <stdbool.h>

bool node_streams_find(void);
/* In the program. */
void node_streams_renew(void);

#endif
