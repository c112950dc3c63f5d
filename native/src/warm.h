/*
 * Fork servers, as the supervisor keeps them: one master for each command the service wants served, and on cgroup v1
 * one server per slot forked from it, since a process is born in the group of whoever forks it.
 *
 * A launch that no server can help with is made as if there were none. A server that dies fails no request: an init
 * process whose program does not come forks a plain one.
 */
#ifndef CODEEXEC_WARM_H
#define CODEEXEC_WARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "launch.h"
#include "request.h"
#include "slot.h"

/* After slots_start. A fork server in use is replaced after `renewal_ns`. */
void warm_start(unsigned slot_count, uint64_t renewal_ns);
/* Takes a REQ_WARM. Returns false when it is not of the protocol. */
bool warm_register(const uint8_t *payload, size_t size);
/*
 * Launches an init process whose program a fork server makes. False where that cannot be: nothing has then been done.
 */
bool warm_launch(struct slot *slot, struct launch *launch, struct bytes image, const struct run_request *request);
/*
 * Whether a fork server is kept for exactly this command. False for one with further arguments; true with `*runtime`
 * NULL where none is kept at all.
 */
bool warm_runtime_of(struct bytes image, const struct run_request *request, const void **runtime);
/* Whether nothing is to be settled in the slot any more. */
bool warm_is_settled(const struct slot *slot);
/* Whether that runtime has a server ready that may launch in the slot. */
bool warm_may_launch(const struct slot *slot, const void *runtime);
/* The program of the slot's launch has said that a fork server made it. */
void warm_made(struct slot *slot);
/* v1: the servers of the slot end, because its groups do. */
void warm_leave(struct slot *slot);
/*
 * What a program launched now would share with its fork server, which is charged with it; 0 where none would make it.
 * And what one that stands by shares with that runtime's.
 */
uint64_t warm_would_share(const struct slot *slot, struct bytes image, const struct run_request *request);
uint64_t warm_shares_parked(const void *runtime);
/* Takes what servers have said; to be called before children are reaped. */
void warm_hear(void);
bool warm_reaped(pid_t pid);
/* Starts, renews and places servers. Returns when it wants to be called again, UINT64_MAX for never. */
uint64_t warm_tend(void);
void warm_stop(void);

#endif
