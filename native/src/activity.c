#include "sandbox_parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

#define ACTIVITY_CHECK_NS 250000000u
/* Of its CPUs, or of one where it has more: what the timers and the garbage collector of a waiting runtime take. */
#define IDLE_PERCENT 2u
/* Far more than anything that waits has; whoever has more counts as active. */
#define MOST_LOOKED_AT 512u

static long read_path(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t got = read(fd, text, size - 1);
    close(fd);
    if (got >= 0) text[got] = 0;
    return got;
}

/*
 * Whether a process, or one below it, wants a CPU now. On a machine that others keep busy a program that computes may
 * get next to nothing, and yet does not wait. All of a sandbox are below its init, for orphans become its children.
 */
static bool wants_cpu(pid_t pid, unsigned *left)
{
    char path[64], text[4096];
    if (*left == 0) return true;
    (*left)--;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (read_path(path, text, sizeof text) <= 0) return false;
    /* The name may hold anything, so the state is sought from the end. */
    const char *end = strrchr(text, ')');
    if (end && end[1] == ' ' && end[2] == 'R') return true;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    if (read_path(path, text, sizeof text) <= 0) return false;
    for (char *at = text; *at;) {
        char *next;
        long child = strtol(at, &next, 10);
        if (next == at) break;
        if (wants_cpu((pid_t)child, left)) return true;
        at = next;
    }
    return false;
}

static void send_activity(const struct sandbox *sandbox)
{
    struct frame frame = frame_begin(sandbox_events, EV_ACTIVITY, sandbox->id);
    put_u32(&frame, sandbox->command.idle ? 0 : 1);
    frame_end(&frame);
}

static bool waits(const struct command *command, uint64_t used_ns)
{
    unsigned milli = command->request.cpu_milli && command->request.cpu_milli < 1000u ? command->request.cpu_milli : 1000u;
    uint64_t most_ns = (uint64_t)ACTIVITY_CHECK_NS * ACTIVITY_SAMPLES * milli / 1000u * IDLE_PERCENT / 100u;
    if (command->activity_checks < ACTIVITY_SAMPLES || used_ns > most_ns) return false;
    unsigned left = MOST_LOOKED_AT;
    return command->idle || !wants_cpu(command->init, &left);
}

uint64_t sandbox_check_activity(struct sandbox *sandbox, uint64_t now)
{
    struct command *command = &sandbox->command;
    uint64_t due = command->activity_ns + ACTIVITY_CHECK_NS;
    if (now < due) return due;
    uint64_t used = slot_cgroup_cpu_ns(&sandbox->slot->cgroup);
    uint64_t *oldest = &command->cpu_samples[command->activity_checks++ % ACTIVITY_SAMPLES];
    bool idle = waits(command, used - *oldest);
    *oldest = used;
    command->activity_ns = now;
    if (idle != command->idle) {
        command->idle = idle;
        send_activity(sandbox);
    }
    return now + ACTIVITY_CHECK_NS;
}
