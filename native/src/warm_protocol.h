/*
 * What the supervisor, its spawner and a fork server say to each other.
 *
 * A fork server is an interpreter that was started as a program's would be, with warm/ loaded before it, and stopped
 * when it first looked at its program's file. From then on it forks: programs, into the namespaces of init processes
 * that the supervisor has launched, and, on cgroup v1, fork servers for single slots, which live in their slot's cgroup.
 */
#ifndef CODEEXEC_WARM_PROTOCOL_H
#define CODEEXEC_WARM_PROTOCOL_H

#include <stdint.h>

#include "cgroup.h"
#include "launch.h"

/* Far above what an interpreter opens by itself, so that its own descriptors get the numbers they always get. */
enum warm_fd { WARM_CONTROL_FD = 200, WARM_BOOT_FD, WARM_STDIN_FD, WARM_STDOUT_FD, WARM_PIDS_FD, WARM_REPORT_FD };

#define WARM_MAGIC 0x6d726177u
#define WARM_LIBRARY "/run/codeexec-warm.so"
#define WARM_MAX_ENTRY 256u

/* What a fork server needs beyond a sandbox's own arguments, in a file in memory at WARM_BOOT_FD. */
struct warm_boot {
    uint32_t magic;
    uint32_t filter_bytes;
    uint32_t argument_count; /* of the command it was prepared for; a launch may add more */
    uint64_t stack_bytes;
    char entry[WARM_MAX_ENTRY]; /* absolute path of the program's file */
    /* followed by the seccomp filter */
};

enum warm_request_kind {
    WARM_LAUNCH = 1, /* descriptors: enum join_fd without the last, which init sends itself, and on v2 the slot's
                        cgroup; not answered */
    WARM_SETTLE      /* v1: fork a server for a slot; descriptors: its control socket, the slot's cgroups */
};

#define WARM_MAX_FDS JOIN_FDS
#define WARM_SETTLE_FDS (1 + V1_COUNT)

struct warm_request {
    uint32_t kind;
    uint32_t uid;
    uint64_t open_size, run_size;
};

enum warm_answer_kind {
    WARM_READY = 1, /* stopped before its program; value: threads it has beside the main one; bytes: memory that a small
                       program goes on sharing with it */
    WARM_REFUSED,   /* it cannot be forked: value says how many threads it has, 0 where it has said why itself */
    WARM_SETTLED    /* value: the slot's fork server's pid or -errno */
};

struct warm_answer {
    uint32_t kind;
    int32_t value;
    uint64_t bytes;
    /* WARM_READY: the same for a parked program, which takes copies ahead. */
    uint64_t bytes_parked;
};

#endif
