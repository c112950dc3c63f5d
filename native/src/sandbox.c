#include "sandbox_parts.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "standby.h"
#include "util.h"
#include "warm.h"

struct outbox *sandbox_events;
struct sandbox *sandbox_table[TABLE_SIZE];
static struct sandbox *first_waiting, *last_waiting;

void sandboxes_start(struct outbox *outbox)
{
    sandbox_events = outbox;
}

struct sandbox **sandbox_bucket(uint32_t id)
{
    struct sandbox **at = &sandbox_table[id % TABLE_SIZE];
    while (*at && (*at)->id != id) at = &(*at)->next_in_bucket;
    return at;
}

void sandbox_send(enum event_type type, uint32_t id)
{
    struct frame frame = frame_begin(sandbox_events, type, id);
    frame_end(&frame);
}

uint8_t *sandbox_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = checked_alloc(size ? size : 1);
    memcpy(copy, data, size);
    return copy;
}

bool sandbox_open(uint32_t id, const uint8_t *payload, size_t size)
{
    struct sandbox **at = sandbox_bucket(id);
    if (*at) return false;
    struct sandbox *sandbox = checked_alloc(sizeof *sandbox);
    sandbox->payload = sandbox_copy(payload, size);
    if (!parse_open(sandbox->payload, size, &sandbox->request)) {
        free(sandbox->payload);
        free(sandbox);
        return false;
    }
    sandbox->id = id;
    sandbox->payload_size = size;
    sandbox->mount_namespace = sandbox->folders = -1;
    *at = sandbox;
    return true;
}

bool sandbox_set_command(struct sandbox *sandbox, const uint8_t *payload, size_t size)
{
    struct command *command = &sandbox->command;
    *command = (struct command){.active = true, .program_fd = -1};
    command->out.watch.fd = command->err.watch.fd = command->input.fd = command->reports.fd = -1;
    command->payload = sandbox_copy(payload, size);
    command->payload_size = size;
    return parse_run(command->payload, size, &command->request);
}

/* ---- waiting for a slot ---- */

void sandbox_wait_for_slot(struct sandbox *sandbox)
{
    sandbox->waiting = true;
    sandbox->next_waiting = NULL;
    if (last_waiting) last_waiting->next_waiting = sandbox;
    else first_waiting = sandbox;
    last_waiting = sandbox;
}

static void stop_waiting(struct sandbox *sandbox)
{
    if (!sandbox->waiting) return;
    sandbox->waiting = false;
    struct sandbox **at = &first_waiting;
    struct sandbox *before = NULL;
    while (*at != sandbox) {
        before = *at;
        at = &(*at)->next_waiting;
    }
    *at = sandbox->next_waiting;
    if (last_waiting == sandbox) last_waiting = before;
}

static void slot_became_ready(void)
{
    while (first_waiting) {
        struct slot *slot = slot_take();
        if (!slot) return;
        struct sandbox *sandbox = first_waiting;
        stop_waiting(sandbox);
        sandbox->slot = slot;
        slot->user = sandbox;
        if (sandbox->run_pending) sandbox_start_command(sandbox);
    }
}

bool sandbox_somebody_waits(void)
{
    return first_waiting != NULL;
}

/* ---- ending ---- */

void sandbox_stop(struct sandbox *sandbox, enum stop_reason reason)
{
    struct command *command = &sandbox->command;
    if (!command->active || command->reaped) return;
    if (command->stop_reason == STOP_NONE && !command->ended && !command->failed) command->stop_reason = reason;
    if (command->init <= 0) {
        command->kill_when_launched = true;
        return;
    }
    /* The init process is our child and not yet reaped, so its pid is still its own. With it goes the namespace. */
    kill(command->init, SIGKILL);
    slot_cgroup_kill(&sandbox->slot->cgroup);
}

void sandbox_fail(struct sandbox *sandbox, const char *step, int error)
{
    struct command *command = &sandbox->command;
    if (command->failed) return;
    command->failed = true;
    command->failure_errno = error;
    snprintf(command->failure_step, sizeof command->failure_step, "%s", step);
    sandbox_stop(sandbox, STOP_NONE);
}

void sandbox_dispose(struct sandbox *sandbox)
{
    stop_waiting(sandbox);
    if (sandbox->mount_namespace >= 0) slot_close_later(sandbox->slot, sandbox->mount_namespace);
    if (sandbox->folders >= 0) slot_close_later(sandbox->slot, sandbox->folders);
    if (sandbox->slot) slot_release(sandbox->slot);
    *sandbox_bucket(sandbox->id) = sandbox->next_in_bucket;
    if (sandbox->parked) standby_forget(sandbox);
    else sandbox_send(EV_DISPOSED, sandbox->id);
    free(sandbox->payload);
    free(sandbox->command.payload);
    free(sandbox);
}

static void send_failure(const struct sandbox *sandbox)
{
    const struct command *command = &sandbox->command;
    struct frame frame = frame_begin(sandbox_events, EV_FAILED, sandbox->id);
    put_u32(&frame, (uint32_t)command->failure_errno);
    put_string(&frame, command->failure_step);
    put_string(&frame, errno_name(command->failure_errno));
    put_string(&frame, command->failure_errno ? strerror(command->failure_errno) : "");
    frame_end(&frame);
}

static void send_outcome(const struct sandbox *sandbox)
{
    const struct command *command = &sandbox->command;
    bool exited = command->ended && WIFEXITED(command->wait_status);
    bool signaled = command->ended && WIFSIGNALED(command->wait_status);
    struct frame frame = frame_begin(sandbox_events, EV_EXITED, sandbox->id);
    put_u32(&frame, command->stop_reason);
    put_u32(&frame, exited ? (uint32_t)WEXITSTATUS(command->wait_status) : UINT32_MAX);
    put_u32(&frame, signaled ? (uint32_t)WTERMSIG(command->wait_status) : command->ended ? 0 : (uint32_t)SIGKILL);
    put_u32(&frame, (command->out.truncated ? 1u : 0u) | (command->err.truncated ? 2u : 0u) |
                        (sandbox->slot && sandbox->slot->from_server ? 4u : 0u) | (sandbox->was_parked ? 8u : 0u));
    put_u64(&frame, command->started_ns ? command->ended_ns - command->started_ns : 0);
    put_u64(&frame, command->usage.cpu_ns > command->preparation_cpu_ns
                        ? command->usage.cpu_ns - command->preparation_cpu_ns
                        : 0);
    put_u64(&frame, command->usage.memory_peak_bytes);
    put_u64(&frame, command->usage.oom_kills);
    frame_end(&frame);
}

static void log_unwanted_end(const struct command *command)
{
    if (command->failed)
        log_line("a sandbox made ahead failed in step %s (%s)", command->failure_step, errno_name(command->failure_errno));
}

/* Called when all processes are gone and all output has been taken. */
static void finish(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    command->active = false;
    watch_close(&command->input);
    watch_close(&command->reports);
    outbox_free(&command->input_bytes);
    if (command->program_fd >= 0) close(command->program_fd);
    command->program_fd = -1;
    if (!command->failed && !command->ended && command->stop_reason == STOP_NONE) {
        command->failed = true;
        snprintf(command->failure_step, sizeof command->failure_step, "init-died");
    }
    if (sandbox->parked) log_unwanted_end(command);
    else if (command->failed) send_failure(sandbox);
    else send_outcome(sandbox);
    sandbox->was_parked = false;
    if (command->request.flags & RUN_LAST) sandbox->disposing = true;
    free(command->payload);
    command->payload = NULL;
}

void sandbox_advance(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    if (command->active && command->reaped && command->out.watch.fd < 0 && command->err.watch.fd < 0) finish(sandbox);
    if (sandbox->disposing && !command->active) sandbox_dispose(sandbox);
}

/*
 * A program that a fork server launched shares its interpreter's memory with it, as long as neither writes there; one
 * that was started by itself would be charged with it, and both have the same limit for all of it.
 *
 * The peak is also that of our own processes, for which the group is given more than the limit: never a program's.
 */
static void count_memory(struct sandbox *sandbox, bool met_limit)
{
    struct command *command = &sandbox->command;
    uint64_t limit = command->request.memory_bytes, peak = command->usage.memory_peak_bytes;
    peak = peak > command->kept_bytes ? peak - command->kept_bytes : 0;
    if (peak > 0 && sandbox->slot->from_server) peak += command->shared_bytes;
    /* It was at its limit, whatever of what was there before has gone meanwhile. */
    bool was_full = met_limit || command->stop_reason == STOP_MEMORY;
    bool is_above = peak > limit && slot_cgroup_limit_is_exact();
    command->usage.memory_peak_bytes = was_full || is_above ? limit : peak;
}

/* Judges by the kernel's counters, once, when everything in the sandbox is gone. */
static void judge(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    if (!command->ended) command->ended_ns = now_ns();
    uncharged_count_end(sandbox->slot);
    command->usage = slot_cgroup_usage(&sandbox->slot->cgroup);
    bool at_limit = command->usage.oom_kills > 0 && slot_cgroup_at_limit(&sandbox->slot->cgroup);
    bool met_limit = at_limit || command->usage.sockets_refused;
    count_memory(sandbox, met_limit);
    if (command->stop_reason != STOP_NONE || command->failed) return;
    if (met_limit) command->stop_reason = STOP_MEMORY;
    else if (command->usage.oom_kills > 0) sandbox_fail(sandbox, OUTER_MEMORY, ENOMEM);
    else if (command->usage.cpu_ns > command->request.cpu_ns + command->preparation_cpu_ns)
        command->stop_reason = STOP_CPU;
    else if (command->started_ns && command->ended_ns - command->started_ns > command->request.wall_ns)
        command->stop_reason = STOP_WALL;
}

/*
 * On cgroup v1 a launch can be over before its keeper has told its pid. Such pids are remembered until then.
 */
#define EARLY_ENDS 64
static pid_t early_ends[EARLY_ENDS];
static unsigned next_early_end;

static void remember_early_end(pid_t pid)
{
    early_ends[next_early_end++ % EARLY_ENDS] = pid;
}

static bool forget_early_end(pid_t pid)
{
    for (unsigned i = 0; i < EARLY_ENDS; i++)
        if (early_ends[i] == pid) {
            early_ends[i] = 0;
            return true;
        }
    return false;
}

static struct sandbox *with_init(pid_t pid)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (struct sandbox *sandbox = sandbox_table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            if (sandbox->command.active && sandbox->command.init == pid) return sandbox;
    return NULL;
}

bool sandbox_is_init(pid_t pid)
{
    return with_init(pid) != NULL;
}

bool sandbox_reaped(pid_t pid)
{
    struct sandbox *sandbox = with_init(pid);
    if (!sandbox) {
        remember_early_end(pid);
        return false;
    }
    struct command *command = &sandbox->command;
    /* What the processes said before their end is still in the socket and the pipes. */
    if (command->reports.fd >= 0) command->reports.ready(&command->reports, EPOLLIN);
    command->reaped = true;
    judge(sandbox);
    if (command->out.watch.fd >= 0) stream_output_ready(sandbox, &command->out, EV_STDOUT);
    if (command->err.watch.fd >= 0) stream_output_ready(sandbox, &command->err, EV_STDERR);
    sandbox_advance(sandbox);
    return true;
}

/* ---- what slots say ---- */

static void launched(struct slot *slot, pid_t pid)
{
    struct sandbox *sandbox = slot->user;
    if (!sandbox || !sandbox->command.active || sandbox->command.init > 0) return;
    struct command *command = &sandbox->command;
    if (pid < 0) {
        sandbox_fail(sandbox, pid == -ECHILD ? "keeper" : "clone", -pid);
        command->reaped = true;
        watch_close(&command->out.watch);
        watch_close(&command->err.watch);
        sandbox_advance(sandbox);
        return;
    }
    command->init = pid;
    if (forget_early_end(pid)) {
        sandbox_reaped(pid);
        return;
    }
    if (command->kill_when_launched) {
        kill(pid, SIGKILL);
        slot_cgroup_kill(&slot->cgroup);
    }
}

static void refreshed(struct slot *slot, int error)
{
    struct sandbox *sandbox = slot->user;
    if (sandbox && sandbox->run_pending) sandbox_go_on_starting(sandbox, error);
}

/*
 * Either it is at its own limit, or the kernel took one of its processes for a limit above it or for the host, which
 * is not the program's fault. On v1 slots also hear of kills in others, when a group above them all is full.
 */
static void out_of_memory(struct slot *slot)
{
    struct sandbox *sandbox = slot->user;
    if (!sandbox || !sandbox->command.active || sandbox->command.reaped) return;
    if (slot_cgroup_at_limit(&slot->cgroup)) sandbox_stop(sandbox, STOP_MEMORY);
    else if (slot_cgroup_oom_kills(&slot->cgroup) > 0) sandbox_fail(sandbox, OUTER_MEMORY, ENOMEM);
}

const struct slot_callbacks sandbox_slot_callbacks = {
    .launched = launched, .out_of_memory = out_of_memory, .ready = slot_became_ready, .refreshed = refreshed,
    .group_leaves = warm_leave};
