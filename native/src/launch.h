/*
 * What happens between clone and exec: the namespace's init process makes the sandbox around itself, forks the
 * program, waits for it, and reports.
 *
 *   supervisor (or, on v1, the slot's keeper) ── clone: new pid, ipc, uts, cgroup namespaces ──► init (pid 1)
 *   init: enters the slot's network and the image's mount namespace, takes a copy of the latter, mounts, writes files
 *   init ── fork ──► program: streams, limits, uid, seccomp, exec
 *           (where a fork server launches: back into the interpreter, instead of exec)
 *   init: gives up its privileges, reaps until the program ends, reports, exits; with it the kernel ends all others
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
    REPORT_STARTED,    /* time_ns: just before exec; value: CPU ns of our own preparation; sender: the program */
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
enum launch_fd { LAUNCH_STDIN, LAUNCH_STDOUT, LAUNCH_STDERR, LAUNCH_REPORT, LAUNCH_MOUNTS, LAUNCH_NETWORK, LAUNCH_FDS };

struct run_request;

/*
 * A launch by a fork server: init and program are forks of an interpreter, and the program goes on with it instead of
 * executing anything.
 */
struct launch_from_server {
    /* Descriptors below this one are the interpreter's own. */
    int own_fds;
    /* Where the report socket stays, above them. */
    int report_fd;
    /* Called in a program that is parked, before it waits. */
    void (*while_parked)(void);
    /* Called in the init process, when it has nothing left to do but wait. */
    void (*while_waiting)(void);
    /* Forks the program. */
    pid_t (*fork)(void);
    /* Called in the program, in place of execve. */
    void (*become)(const struct run_request *request);
};

struct launch {
    uid_t uid;
    /* NULL for a program that is executed. */
    const struct launch_from_server *server;
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
/* The body of the init process. Returns in the program alone, and only where a fork server launches it. */
void launch_init(const struct launch *launch);

/* The steps of a launched process, for native/container, which makes the sandbox around it in another way. */
/* Reports the step that failed, with errno, and ends the process. */
void launch_fail(const char *step) __attribute__((noreturn));
void launch_hand_over_terminal(int controller);
/* Becomes the program: streams (the terminal at `terminal` unless NULL), limits, uid, seccomp, exec. */
void launch_program(const struct launch *launch, const struct run_request *request, const char *terminal)
    __attribute__((noreturn));

#endif
