/*
 * Times that Node has noted by the moment at which it is stopped: of its start, of the steps of it, and those that
 * its timers count from. In each program they lie as far back as they did when Node was stopped.
 */
#ifndef CODEEXEC_WARM_NODE_TIMES_H
#define CODEEXEC_WARM_NODE_TIMES_H

#include <stdbool.h>
#include <time.h>

/* The interpreter, while it starts, has been told this time. */
void node_times_told(clockid_t clock, const struct timespec *time);
/* It has been stopped. */
void node_times_stop(void);
/* Finds where it has noted what it was told. */
bool node_times_find(void);
/* In the program. */
void node_times_renew(void);

#endif
