/*
 * Sandboxes and the commands that run in them: streams, limits, verdict evidence.
 *
 * A sandbox takes a slot when it is opened, or waits for one in order of opening. It runs one command at a time.
 * The first cause that stops a command is the one that is reported.
 */
#ifndef CODEEXEC_SANDBOX_H
#define CODEEXEC_SANDBOX_H

#include "protocol.h"
#include "slot.h"

/* Events go to `outbox`; the caller flushes it. */
void sandboxes_start(struct outbox *outbox);
/* Handles a request about a sandbox. Returns false when it is not of the protocol. */
bool sandbox_request(enum request_type type, uint32_t id, const uint8_t *payload, size_t size);
/* The callbacks the slots need. */
extern const struct slot_callbacks sandbox_slot_callbacks;
/* True when a sandbox knows `pid` as its init process. */
bool sandbox_is_init(pid_t pid);
/* True when `pid` was a sandbox's init process. */
bool sandbox_reaped(pid_t pid);
/* True when `pid` has counted for a slot what nobody is charged with; `found_too_much` is what it says. */
bool sandbox_counted(pid_t pid, bool found_too_much);
/* Acts on limits that are due. Returns the next deadline, UINT64_MAX for none. */
uint64_t sandboxes_check_limits(void);
/* True when no process of any sandbox is left. */
bool sandboxes_idle(void);
/* True when somebody is about to say what comes next in a sandbox whose command has ended. */
bool sandboxes_between_commands(void);
/* How many commands run that were asked for within the last `within_ns`. */
unsigned sandboxes_running(uint64_t within_ns);

/*
 * Parked sandboxes, which belong to nobody yet; see standby.h. The payloads are copied. Started, one ends by itself
 * only when something is wrong, which standby_forget hears.
 */
struct sandbox *sandbox_park(struct slot *slot, const uint8_t *open_payload, size_t open_size,
                             const uint8_t *run_payload, size_t run_size);
void sandbox_start_parked(struct sandbox *sandbox);
void sandbox_end_parked(struct sandbox *sandbox);
bool sandbox_may_be_taken(const struct sandbox *sandbox);
/* Kills everything that runs. */
void sandboxes_kill_all(void);

#endif
