/*
 * Control groups, version 1 and 2: the limits on memory, processes and CPU, and the kernel's own counts of them.
 *
 * Each slot has its group made before any request needs it. Nothing is ever moved into a group while a request
 * waits, because that costs milliseconds on an idle machine: on v2 processes are cloned into it
 * (CLONE_INTO_CGROUP, kernel 5.7), on v1 they are forked by a keeper that has lived there since the slot was made.
 * On v2 a slot gets a new group after every execution, so its counters start at zero; on v1 the group stays,
 * because the keeper lives in it, and its counters are reset and its baseline measured.
 */
#ifndef CODEEXEC_CGROUP_H
#define CODEEXEC_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum v1_controller { V1_MEMORY, V1_PIDS, V1_CPU, V1_CPUACCT, V1_COUNT };

/* How far below its limit a group is at most when the kernel finds no room in it. */
#define LARGEST_CHARGE_BYTES ((uint64_t)1 << 20)

struct cgroup_limits {
    uint64_t memory_bytes;
    uint32_t processes;
    uint32_t cpu_milli; /* thousandths of a CPU */
};

struct cgroup_usage {
    uint64_t cpu_ns;
    uint64_t memory_peak_bytes;
    uint64_t oom_kills;
    bool sockets_refused; /* v1: the limit of network buffers was met, of which the kernel kills nobody */
};

struct slot_cgroup {
    unsigned index;
    unsigned generation;
    bool made;
    bool incomplete; /* making it has failed half-way */
    /* v1: the generation that this one has replaced, until it is removed. */
    bool has_former;
    unsigned former;
    /* Processes of ours that live in the group: on v1 the keeper and fork servers. */
    _Atomic uint32_t residents;
    /* As written, with what our own processes need. */
    struct cgroup_limits applied;
    /* v2: the group's directory, for clone3. */
    int dir_fd;
    /* Open kernel files; on v1 each lives in its controller's directory. */
    int memory_limit_fd, memory_swap_limit_fd, memory_usage_fd, memory_peak_fd, memory_stat_fd,
        memory_reclaim_fd, pids_limit_fd, pids_current_fd,
        cpu_limit_fd, cpu_usage_fd;
    /* File with the count of OOM kills, and what becomes ready when it changes. */
    int oom_count_fd, oom_event_fd;
    /* v1: network buffers, which it counts apart from all other memory. */
    int sockets_limit_fd, sockets_usage_fd, sockets_peak_fd;
    uint64_t baseline_memory_bytes, baseline_cpu_ns, baseline_oom_kills, baseline_socket_bytes;
    /* v1: what those who live in the group hold for good, when it was last proven clean. */
    uint64_t resident_bytes;
    /* Files of the image that the kernel caches on its account, as of then. */
    uint64_t cache_bytes;
};

/* 1 or 2, or 0 before cgroups_start. */
int cgroup_version(void);
/*
 * Finds the service's own group, makes this instance's below `<own group>/codeexec`, and removes what instances that
 * were there and are dead have left, their processes included. Returns NULL, or one sentence that says what is missing.
 */
const char *cgroups_start(void);
/* Why limits set on the service from outside do not bind programs, as one sentence; NULL where they do. */
const char *cgroups_weakness(void);
void cgroups_stop(void);

/* Returns 0 or -errno; `step` then names what failed. */
int slot_cgroup_make(struct slot_cgroup *group, unsigned index, const char **step);
/* Moves the calling process into the slot's group; only the v1 keeper does, once. Returns 0 or -errno. */
int slot_cgroup_join(const struct slot_cgroup *group);
/* v1: the group's directories, for a fork server that is to enter it. Returns 0 or -errno. */
int slot_cgroup_open(const struct slot_cgroup *group, int *directories);
/* Writes the limits that differ from those applied. Returns 0 or -errno. */
int slot_cgroup_limit(struct slot_cgroup *group, const struct cgroup_limits *limits);
uint64_t slot_cgroup_cpu_ns(const struct slot_cgroup *group);
uint64_t slot_cgroup_oom_kills(const struct slot_cgroup *group);
struct cgroup_usage slot_cgroup_usage(const struct slot_cgroup *group);
/* v1: true when network buffers have met the limit, alone or together with all other memory. */
bool slot_cgroup_sockets_exceed(const struct slot_cgroup *group);
/* v1: true while connections of ended programs still hold much. */
bool slot_cgroup_sockets_left(const struct slot_cgroup *group);
/* The list of processes in the group; NULL when it cannot be had. */
FILE *slot_cgroup_processes(const struct slot_cgroup *group);
/* Whether it has been at its own limit on memory: kills while it was not are for a limit above it, or for the host. */
bool slot_cgroup_at_limit(const struct slot_cgroup *group);
/* Kills what is in the group at once where the kernel can (v2, 5.14); elsewhere the pid namespace's end does it. */
void slot_cgroup_kill(const struct slot_cgroup *group);
/* Measures peak memory from now on: since the slot was proven clean, cached files may have come and gone. */
void slot_cgroup_begin(struct slot_cgroup *group);
/*
 * Proves the group empty and gives it fresh counters. Returns 0; -EBUSY while a process is still in it; -EAGAIN while
 * the kernel has yet to free memory of processes that are gone (System V segments, page tables, sockets go late);
 * -ESTALE where only another group would do (v1). `kept_bytes` is what files of the sandbox that goes on may hold.
 * `reclaim` makes the kernel free what it can now, which may take seconds.
 */
int slot_cgroup_renew(struct slot_cgroup *group, uint64_t kept_bytes, bool reclaim);
/*
 * v1: puts another group in the place of one that does not come clean. Who lives there must be told to end before; what
 * files of the image are charged to it stay cached, and are charged to no slot any more. Returns 0 or -errno, -EBUSY
 * while the group that was replaced last is still there.
 */
int slot_cgroup_replace(struct slot_cgroup *group);
/* Whether the group's limit is the one asked for, so that nobody can have had more. Not where an engine rounds it up. */
bool slot_cgroup_limit_is_exact(void);
/* Whether a process in it has come up against the limit on memory, as far as can be told. */
bool slot_cgroup_is_full(const struct slot_cgroup *group);
/* Memory that cannot be given back on demand, of what is charged to an empty group: files kept in memory. */
uint64_t slot_cgroup_kept_bytes(const struct slot_cgroup *group);
void slot_cgroup_remove(struct slot_cgroup *group);

#endif
