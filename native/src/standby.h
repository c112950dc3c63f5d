/*
 * Sandboxes made ahead: everything that does not depend on the request is done while nobody waits. Each has its init
 * process, its mounts and its program, which is sealed and parked one step before its execve (or, forked by a fork
 * server, before it goes on as an interpreter). A request that fits brings the files, the command and the limits.
 *
 * What is kept follows what was asked for lately. A sandbox serves once, as every other, and one that nobody takes is
 * ended like any other.
 */
#ifndef CODEEXEC_STANDBY_H
#define CODEEXEC_STANDBY_H

#include <stdbool.h>
#include <stdint.h>

#include "request.h"

struct sandbox;

/* At most `capacity` are kept; 0 for none. */
void standby_start(unsigned capacity);
/* One that fits a fresh sandbox's first command, now the caller's; NULL for none. Notes what was asked for. */
struct sandbox *standby_take(const struct open_request *open, const struct run_request *run);
/* A parked sandbox has ended unasked. */
void standby_forget(const struct sandbox *sandbox);
/* Makes and ends what demand wants. Returns when it wants to be called again, UINT64_MAX for never. */
uint64_t standby_tend(void);
/* Keeps none from now on. */
void standby_stop(void);

#endif
