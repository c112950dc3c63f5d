/*
 * Slots: as many as executions may run at once, each with its control groups, uid and network namespace made before
 * any request needs them, and on cgroup v1 with a keeper process from which programs are forked.
 * A slot that was used is proven clean before it serves again.
 */
#ifndef CODEEXEC_SLOT_H
#define CODEEXEC_SLOT_H

#include <stdbool.h>

#include "cgroup.h"
#include "cleaning.h"
#include "launch.h"
#include "loop.h"
#include "netns.h"

enum slot_state { SLOT_READY, SLOT_TAKEN, SLOT_DIRTY };

struct slot {
    unsigned index;
    enum slot_state state;
    uid_t uid;
    struct slot_cgroup cgroup;
    struct netns netns;
    struct watch oom;
    /* cgroup v1 only */
    pid_t keeper;
    struct watch keeper_socket;
    uint8_t *region; /* shared with the keeper and with fork servers; holds the payloads of a launch */
    int region_fd;
    size_t region_used;
    int to_close[CLEANING_MOST_FDS];
    unsigned to_close_count;
    struct cleaning cleaning;
    bool was_ready;
    pid_t former_keeper; /* of the groups that were replaced last, until it has ended */
    bool keeper_has_joined;
    bool awaits_keeper; /* its user does, between two commands */
    uint64_t retry_at_ns; /* 0 for at once */
    unsigned retries;
    bool from_server; /* the program of the launch under way, or of the last, was made by a fork server */
    void *user; /* the sandbox that has taken it */
    pid_t counter; /* counts what the program holds uncharged (uncharged.h), or 0 */
    uint64_t counted_launch_ns; /* of the command it counts for */
};

struct slot_callbacks {
    /* The init process of the launch under way: its pid, or a negative errno. */
    void (*launched)(struct slot *slot, pid_t pid);
    void (*out_of_memory)(struct slot *slot);
    /* A slot has become ready. */
    void (*ready)(void);
    /* What slot_refresh or slot_reclaim has begun is done: 0 or -errno. */
    void (*refreshed)(struct slot *slot, int error);
    /* v1: the slot gets other groups; whoever else lives in these must end. */
    void (*group_leaves)(struct slot *slot);
};

/* Ends the supervisor with a message when the slots cannot be made. */
void slots_start(unsigned count, uid_t first_uid, const struct slot_callbacks *callbacks);
void slots_stop(void);
/* A ready slot, now taken, or NULL. */
struct slot *slot_take(void);
/* Gives a slot back; it is cleaned by slots_clean, off the path of any request. */
void slot_release(struct slot *slot);
/* Closes a descriptor when the slot is cleaned; with a sandbox's last one the kernel takes its file systems apart. */
void slot_close_later(struct slot *slot, int fd);
/* Starts the init process; `launched` tells its pid, on v2 before this returns. Returns 0 or -errno. */
int slot_launch(struct slot *slot, struct launch *launch);
/* Copies the payloads to where another process finds them. Returns 0 or -errno. */
int slot_share(struct slot *slot, const struct launch *launch);
struct slot *slot_at(unsigned index);
unsigned slots_ready(void);
unsigned slots_count(void);
/* Takes that slot, if it is ready. */
struct slot *slot_take_ready(unsigned index);
/* Has released slots cleaned. Returns when it wants to be called again, UINT64_MAX for never. */
uint64_t slots_clean(void);
/*
 * Proves a taken slot clean between two commands of one sandbox, whose files may hold up to `kept_bytes`.
 * Returns 0, or -EINPROGRESS: then `refreshed` is called.
 */
int slot_refresh(struct slot *slot, uint64_t kept_bytes);
/* The same, making the kernel free what it can. */
int slot_reclaim(struct slot *slot, uint64_t kept_bytes);
/* Until then its groups must be left alone. */
bool slot_is_being_cleaned(const struct slot *slot);
/* Takes what keepers have said; to be called before children are reaped, so that their pids are known. */
void slots_hear_keepers(void);
/* True when `pid` was a slot's keeper. */
bool slot_reaped(pid_t pid);

#endif
