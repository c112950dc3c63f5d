/*
 * What happens between clone and exec: the namespace's init process makes the sandbox around itself, forks the
 * program, waits for it, and reports.
 *
 *   supervisor (or, on v1, the slot's keeper) ── clone: new pid, ipc, uts, cgroup namespaces ──► init (pid 1)
 *   init: enters the slot's network and the image's mount namespace, takes a copy of the latter, mounts, writes files
 *   init ── fork ──► program: streams, limits, uid, seccomp, exec
 *   init: gives up its privileges, reaps until the program ends, reports, exits; with it the kernel ends all others
 *
 * Where a fork server makes the program, init and program are joined by a socket, the link:
 *
 *   init ── pidfd of init ──► fork server
 *   fork server ── clone: init's pid namespace ──► go-between ── fork ──► program; the go-between exits, and the
 *   program is init's child as if init had forked it
 *   init ── "made" ──► program: enters init's other namespaces ── "here" ──► init
 *   program: streams, limits, uid, seccomp, back into the interpreter
 *
 * If nobody is left at the link's other end before it said "here", init forks a program that is executed.
 */
#ifndef CODEEXEC_LAUNCH_H
#define CODEEXEC_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "request.h"

/* Where the report socket stays in launched processes, out of the way of the program's streams. */
#define LAUNCH_REPORT_FD 3

enum report_kind {
    REPORT_FAILED = 1, /* value: errno; step */
    REPORT_MOUNTS,     /* the sandbox's mount namespace comes along as a descriptor, for the commands after this one */
    REPORT_FOLDERS,    /* the folder that the writable ones are in comes along as a descriptor */
    REPORT_STARTED,    /* time_ns: just before exec; cpu_ns: of our own preparation; status: 1 if a fork server's;
                          sender: the program */
    REPORT_TERMINAL,   /* a terminal's controlling side comes along as a descriptor */
    REPORT_PARKED,     /* a parked launch waits for its release */
    REPORT_RELEASED,   /* what the release asked for is done */
    REPORT_ENDED       /* time_ns; value: wait status */
};

/* One datagram on the report socket. */
struct report {
    uint32_t kind;
    int32_t status;
    uint64_t time_ns;
    uint64_t cpu_ns;
    char step[32];
};

/* Descriptors the launched processes use, in the order they travel to a keeper. */
enum launch_fd {
    LAUNCH_STDIN,
    LAUNCH_STDOUT,
    LAUNCH_STDERR,
    LAUNCH_REPORT,
    LAUNCH_MOUNTS,
    LAUNCH_NETWORK,
    LAUNCH_LINK, /* where a fork server is to make the program; otherwise -1 */
    LAUNCH_FDS
};

/* The same for the program that a fork server makes. */
enum join_fd { JOIN_STDIN, JOIN_STDOUT, JOIN_STDERR, JOIN_REPORT, JOIN_LINK, JOIN_REGION, JOIN_INIT, JOIN_FDS };

/* Pids in a sandbox; the program's is that of init's first child. */
enum launch_pid { INIT_PID = 1, PROGRAM_PID, GO_BETWEEN_PID };

struct run_request;

/* A program that is a fork of an interpreter, and goes on with it instead of executing anything. */
struct launch_from_server {
    /* Descriptors below this one are the interpreter's own. */
    int own_fds;
    /* Where the report socket stays, above them. */
    int report_fd;
    /* Called in a program that is parked, before it waits. */
    void (*while_parked)(void);
    /* Called in the program, in place of execve. */
    void (*become)(const struct run_request *request);
};

struct launch {
    uid_t uid;
    /* NULL for a program that is executed. */
    const struct launch_from_server *server;
    /* The link's other end, where the init process inherits it; otherwise -1. */
    int other_end;
    /* False for a further command in the same sandbox: the mount namespace already has its files. */
    bool fresh;
    const uint8_t *open_payload;
    size_t open_size;
    const uint8_t *run_payload;
    size_t run_size;
    int fds[LAUNCH_FDS];
};

#define LAUNCH_NAMESPACES (CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

/* Where the supervisor's own arguments are; the init process overwrites its copy, which programs can read. */
void launch_hide_arguments(char *arguments, size_t size);
/* How many of a launch's descriptors there are. */
unsigned launch_fd_count(const struct launch *launch);
/* The body of the init process. */
void launch_init(const struct launch *launch) __attribute__((noreturn));
/*
 * The body of a program that a fork server has forked into an init process's pid namespace; of `launch`, the
 * descriptors are not used. Returns in the program, sealed, where the interpreter goes on.
 */
void launch_join(const struct launch *launch, const int *fds);

/* The steps of a launched process, for native/container, which makes the sandbox around it in another way. */
/* Reports the step that failed, with errno, and ends the process. */
void launch_fail(const char *step) __attribute__((noreturn));
void launch_hand_over_terminal(int controller);
/*
 * Becomes the program: streams (the terminal at `terminal` unless NULL), limits, uid, seccomp, exec. What its init
 * process used so far is no use of its own.
 */
void launch_program(const struct launch *launch, const struct run_request *request, const char *terminal,
                    uint64_t init_cpu_ns) __attribute__((noreturn));

#endif
