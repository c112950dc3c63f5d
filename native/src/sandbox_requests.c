#include "sandbox_parts.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collect.h"
#include "held.h"
#include "standby.h"
#include "util.h"

static bool run_command(struct sandbox *sandbox, const uint8_t *payload, size_t size)
{
    struct command *command = &sandbox->command;
    if (command->active || sandbox->disposing) return false;
    if (!sandbox_set_command(sandbox, payload, size) || command->request.flags & RUN_PARKED) return false;
    command->held = command->request.flags & RUN_HELD;
    if (!sandbox->slot) {
        struct sandbox *parked = standby_take(&sandbox->request, &command->request);
        if (parked) {
            free(command->payload);
            sandbox_take_over(parked, sandbox, payload, size);
            return true;
        }
        /* Those who wait come first. */
        sandbox->slot = sandbox_somebody_waits() ? NULL : slot_take();
        if (sandbox->slot) sandbox->slot->user = sandbox;
        else sandbox_wait_for_slot(sandbox);
    }
    sandbox->run_pending = true;
    if (sandbox->slot) sandbox_start_command(sandbox);
    return true;
}

static void kill_command(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    if (!sandbox->run_pending) {
        sandbox_stop(sandbox, STOP_CANCELLED);
        return;
    }
    /* It still waits for a slot: nothing has run. */
    sandbox->run_pending = false;
    command->stop_reason = STOP_CANCELLED;
    command->reaped = true;
    sandbox_advance(sandbox);
}

/* Gives a held command its task. What fails here is the platform's failure, as in a launch. */
static bool release_command(struct sandbox *sandbox, const uint8_t *payload, size_t size)
{
    struct command *command = &sandbox->command;
    struct release_request release;
    if (!parse_release(payload, size, &release)) return false;
    if (!command->active || !command->held || command->reaped) return true; /* it ended meanwhile, and that was told */
    command->held = false;
    command->launched_ns = now_ns();
    command->request.wall_ns = release.wall_ns;
    command->request.cpu_ns = release.cpu_ns;
    command->request.memory_bytes = release.memory_bytes;
    command->request.output_bytes = release.output_bytes;
    command->request.cpu_milli = release.cpu_milli;
    command->request.flags |= release.flags & RUN_INTERACTIVE;
    stream_add_input(sandbox, release.stdin_bytes.data, release.stdin_bytes.size);
    if (!(release.flags & RUN_INTERACTIVE)) stream_end_input(sandbox);
    command->limits = (struct cgroup_limits){.memory_bytes = release.memory_bytes,
                                             .processes = release.processes,
                                             .cpu_milli = release.cpu_milli};
    int error = sandbox_apply_limits(sandbox);
    if (error) sandbox_fail(sandbox, "cgroup-limits", -error);
    else if ((error = held_send_release(command->reports.fd, payload, size))) sandbox_fail(sandbox, "release", -error);
    return true;
}

static void tell_usage(const struct sandbox *sandbox)
{
    if (!sandbox->command.active || !sandbox->slot || sandbox->run_pending) return;
    struct cgroup_usage usage = slot_cgroup_usage(&sandbox->slot->cgroup);
    struct frame frame = frame_begin(sandbox_events, EV_USAGE, sandbox->id);
    put_u64(&frame, usage.cpu_ns);
    put_u64(&frame, usage.memory_peak_bytes);
    frame_end(&frame);
}

static void send_artefacts(const struct sandbox *sandbox, uint64_t most_bytes)
{
    struct frame frame = frame_begin(sandbox_events, EV_ARTEFACTS, sandbox->id);
    size_t answer_at = outbox_pending(sandbox_events);
    put_u32(&frame, 0);
    /* While a command runs it could change what is read. */
    if (!sandbox->command.active && sandbox->folders >= 0 &&
        collect_artefacts(&frame, sandbox->folders, sandbox->slot->uid, most_bytes))
        store_u32(sandbox_events->data + sandbox_events->start + answer_at, 1);
    frame_end(&frame);
}

static void send_signal(struct sandbox *sandbox, int number)
{
    struct command *command = &sandbox->command;
    if (!command->active || command->reaped || number <= 0 || number >= NSIG) return;
    pid_t group = 0;
    if (command->request.flags & RUN_TTY && command->out.watch.fd >= 0 &&
        ioctl(command->out.watch.fd, TIOCGPGRP, &group) == 0 && group > 1) {
        kill(-group, number);
    } else if (command->program_fd >= 0) {
        syscall(SYS_pidfd_send_signal, command->program_fd, number, NULL, 0);
    }
}

static void resize(struct sandbox *sandbox, uint32_t cols, uint32_t rows)
{
    struct command *command = &sandbox->command;
    struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};
    if (command->active && command->request.flags & RUN_TTY && command->out.watch.fd >= 0)
        ioctl(command->out.watch.fd, TIOCSWINSZ, &size);
}

static void acknowledge(struct sandbox *sandbox, uint32_t size)
{
    struct command *command = &sandbox->command;
    if (!command->active) return;
    command->unacknowledged_bytes -= size < command->unacknowledged_bytes ? size : command->unacknowledged_bytes;
    stream_pause_or_resume(command);
}

bool sandbox_request(enum request_type type, uint32_t id, const uint8_t *payload, size_t size)
{
    if (type == REQ_OPEN) return id < FIRST_PARKED_ID && sandbox_open(id, payload, size);
    struct sandbox *sandbox = *sandbox_bucket(id);
    if (!sandbox) return true; /* it ended while the request was under way */
    struct reader reader = reader_of(payload, size);
    uint32_t first, second;
    uint64_t most_bytes;
    switch (type) {
    case REQ_RUN:
        return run_command(sandbox, payload, size);
    case REQ_STDIN:
        stream_add_input(sandbox, payload, size);
        stream_feed_input(sandbox);
        return true;
    case REQ_STDIN_END:
        stream_end_input(sandbox);
        stream_feed_input(sandbox);
        return true;
    case REQ_RELEASE:
        return release_command(sandbox, payload, size);
    case REQ_USAGE:
        tell_usage(sandbox);
        return true;
    case REQ_ARTEFACTS:
        most_bytes = read_u64(&reader);
        if (!reader_done(&reader) || most_bytes > FRAME_MAX_PAYLOAD / 2) return false;
        send_artefacts(sandbox, most_bytes);
        return true;
    case REQ_SIGNAL:
        first = read_u32(&reader);
        send_signal(sandbox, (int)first);
        return reader_done(&reader);
    case REQ_RESIZE:
        first = read_u32(&reader);
        second = read_u32(&reader);
        resize(sandbox, first, second);
        return reader_done(&reader);
    case REQ_ACK:
        first = read_u32(&reader);
        acknowledge(sandbox, first);
        return reader_done(&reader);
    case REQ_KILL:
        kill_command(sandbox);
        return true;
    case REQ_DISPOSE:
        sandbox->disposing = true;
        if (sandbox->command.active) kill_command(sandbox);
        else sandbox_dispose(sandbox);
        return true;
    case REQ_IMAGE:
    case REQ_WARM:
    case REQ_TURNS:
    case REQ_OPEN:
    case REQ_RECORD:
    case REQ_COLLECT:
        break;
    }
    return false;
}
