/* Counting for a slot, in a process of its own: how long it takes is in the program's hands. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privileges.h"
#include "sandbox_parts.h"
#include "util.h"

/* Takes milliseconds; whoever makes it last that long has too much of everything. */
#define MAX_CPU_SECONDS 5u

static void count(const struct slot *slot, FILE *processes) __attribute__((noreturn));
static void count(const struct slot *slot, FILE *processes)
{
    const struct rlimit cpu = {.rlim_cur = MAX_CPU_SECONDS, .rlim_max = MAX_CPU_SECONDS};
    if (setns(slot->netns.fd, CLONE_NEWNET) < 0 || setrlimit(RLIMIT_CPU, &cpu) < 0) _exit(0);
    /* The program's own user may look into its processes, and into nobody else's. */
    if (privileges_become(slot->uid) < 0) _exit(0);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* forgotten when the uid changed */
    bool buffers_are_charged = cgroup_version() == 2 || slot->cgroup.sockets_limit_fd >= 0;
    uint64_t bytes = uncharged_socket_bytes(buffers_are_charged);
    long pid;
    while (bytes <= UNCHARGED_MAX_BYTES && fscanf(processes, "%ld", &pid) == 1) bytes += uncharged_lock_bytes((pid_t)pid);
    _exit(bytes > UNCHARGED_MAX_BYTES);
}

bool uncharged_count(struct slot *slot)
{
    if (slot->counter > 0) return false;
    FILE *processes = slot_cgroup_processes(&slot->cgroup);
    if (!processes) return false;
    pid_t pid = fork();
    if (pid == 0) count(slot, processes);
    fclose(processes);
    if (pid > 0) slot->counter = pid;
    return false;
}

/* It ends between two lines of what it reads, so this takes no longer than the end of any small process. */
void uncharged_count_end(struct slot *slot)
{
    if (slot->counter <= 0) return;
    kill(slot->counter, SIGKILL);
    while (waitpid(slot->counter, NULL, 0) < 0 && errno == EINTR) continue;
    slot->counter = 0;
}

bool sandbox_counted(pid_t pid, bool found_too_much)
{
    for (unsigned i = 0; i < slots_count(); i++) {
        struct slot *slot = slot_at(i);
        if (slot->counter != pid) continue;
        slot->counter = 0;
        struct sandbox *sandbox = slot->user;
        if (found_too_much && sandbox && sandbox->command.active &&
            sandbox->command.launched_ns == slot->counted_launch_ns)
            sandbox_stop(sandbox, STOP_MEMORY);
        return true;
    }
    return false;
}
