#include "sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "image.h"
#include "launch.h"
#include "util.h"
#include "warm.h"

/* A pipe's usual capacity, and what anybody may have: a turn of two processes for every 64 KiB is what input costs. */
#define PIPE_BYTES (64u * 1024u)
#define LARGE_PIPE_BYTES (1024 * 1024)

/* A program with less than this of its own is not worth a fork server's. */
#define LEAST_OWN_BYTES ((uint64_t)4 << 20)

struct channel {
    int ours, theirs;
};

/* A pipe whose program side belongs to the program's uid, so that it may reopen it as /dev/stdout. */
static bool make_pipe(struct channel *channel, bool program_reads, uid_t uid)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return false;
    channel->ours = ends[program_reads ? 1 : 0];
    channel->theirs = ends[program_reads ? 0 : 1];
    return fcntl(channel->ours, F_SETFL, O_NONBLOCK) == 0 && fchown(channel->theirs, uid, (gid_t)uid) == 0;
}

static bool make_report_socket(struct channel *channel)
{
    int pair[2], on = 1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return false;
    channel->ours = pair[0];
    channel->theirs = pair[1];
    return setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0;
}

int sandbox_apply_limits(struct sandbox *sandbox)
{
    const struct command *command = &sandbox->command;
    struct cgroup_limits limits = command->limits;
    limits.memory_bytes -= command->shared_bytes;
    return slot_cgroup_limit(&sandbox->slot->cgroup, &limits);
}

void sandbox_is_plain(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    if (command->shared_bytes == 0) return;
    command->shared_bytes = 0;
    int error = sandbox_apply_limits(sandbox);
    if (error) sandbox_fail(sandbox, "cgroup-limits", -error);
}

/* Returns 0, -EINPROGRESS where something has to be waited for, or -errno. */
static int prepare_slot(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    struct slot *slot = sandbox->slot;
    bool further = sandbox->mount_namespace >= 0;
    uint64_t most = further ? sandbox->request.file_system_bytes : 0;
    if (slot_is_being_cleaned(slot)) return -EINPROGRESS;
    if (further && !sandbox->slot_is_clean) {
        int error = slot_refresh(slot, most);
        if (error) return error;
    }
    command->limits = (struct cgroup_limits){.memory_bytes = command->request.memory_bytes,
                                             .processes = command->request.processes,
                                             .cpu_milli = command->request.cpu_milli};
    if (further) {
        /* On v1, files that earlier commands left are still charged here; they are not this one's use. */
        uint64_t kept = slot_cgroup_kept_bytes(&slot->cgroup);
        command->limits.memory_bytes += ((kept < most ? kept : most) + 4095u) & ~(uint64_t)4095u;
    } else {
        command->kept_bytes = open_request_kept_bytes(&sandbox->request);
        command->limits.memory_bytes += command->kept_bytes;
    }
    int error = sandbox_apply_limits(sandbox);
    if (error != -EBUSY || command->reclaimed) return error;
    /* More is charged than it may have: what the kernel has not yet given back. */
    command->reclaimed = true;
    return slot_reclaim(slot, most);
}

/* With a limit that leaves a fork of the interpreter nothing of its own, a plain one finds the same out. */
static bool may_be_warm(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    const struct run_request *request = &command->request;
    if (!(request->flags & RUN_WARM) || request->flags & RUN_TTY) return false;
    uint64_t shared = warm_would_share(sandbox->slot, sandbox->request.image, request);
    if (request->memory_bytes < shared + LEAST_OWN_BYTES) return false;
    command->shared_bytes = shared;
    return true;
}

void sandbox_give_input(struct sandbox *sandbox)
{
    const struct run_request *request = &sandbox->command.request;
    stream_add_input(sandbox, request->stdin_bytes.data, request->stdin_bytes.size);
    int pipe_fd = sandbox->command.input.fd;
    if (request->stdin_bytes.size > PIPE_BYTES && pipe_fd >= 0) fcntl(pipe_fd, F_SETPIPE_SZ, LARGE_PIPE_BYTES);
    if (!(request->flags & RUN_INTERACTIVE)) stream_end_input(sandbox);
    if (!(request->flags & RUN_TTY)) stream_feed_input(sandbox);
}

static void fail_to_start(struct sandbox *sandbox, const char *step, int error)
{
    struct command *command = &sandbox->command;
    sandbox_fail(sandbox, step, -error);
    command->reaped = true;
    watch_close(&command->out.watch);
    watch_close(&command->err.watch);
    sandbox_advance(sandbox);
}

void sandbox_go_on_starting(struct sandbox *sandbox, int error)
{
    sandbox->run_pending = false;
    sandbox->slot_is_clean = error == 0;
    if (error) fail_to_start(sandbox, "cgroup-renewal", error);
    else sandbox_start_command(sandbox);
}

void sandbox_start_command(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    const char *step = "cgroup-limits";
    command->shared_bytes = 0;
    bool warm = may_be_warm(sandbox);
    int error = prepare_slot(sandbox);
    sandbox->run_pending = error == -EINPROGRESS;
    if (sandbox->run_pending) return;
    sandbox->slot_is_clean = false;
    command->launched_ns = now_ns();
    struct channel channels[4];
    unsigned made = 0;
    if (!error) {
        step = "streams";
        uid_t uid = sandbox->slot->uid;
        for (; made < 4; made++) {
            channels[made] = (struct channel){-1, -1};
            if (!(made < 3 ? make_pipe(&channels[made], made == 0, uid) : make_report_socket(&channels[made]))) {
                error = -errno;
                made++;
                break;
            }
        }
    }
    int mounts = sandbox->mount_namespace >= 0 ? sandbox->mount_namespace : image_namespace(sandbox->request.image);
    if (!error && mounts < 0) {
        step = "image";
        error = -ENOENT;
    }
    if (!error) {
        watch_add(&command->reports, channels[3].ours, EPOLLIN, sandbox_reports_ready, sandbox);
        watch_add(&command->err.watch, channels[2].ours, EPOLLIN, stream_err_ready, sandbox);
        if (command->request.flags & RUN_TTY) {
            /* The terminal's controlling side takes their place when it arrives. */
            close(channels[0].ours);
            close(channels[1].ours);
        } else {
            watch_add(&command->out.watch, channels[1].ours, EPOLLIN, stream_out_ready, sandbox);
            watch_add(&command->input, channels[0].ours, 0, stream_input_ready, sandbox);
        }
        for (unsigned i = 0; i < made; i++) channels[i].ours = -1;
        struct launch launch = {.fresh = sandbox->mount_namespace < 0,
                                .open_payload = sandbox->payload,
                                .open_size = sandbox->payload_size,
                                .run_payload = command->payload,
                                .run_size = command->payload_size,
                                .other_end = -1,
                                .fds = {channels[0].theirs, channels[1].theirs, channels[2].theirs, channels[3].theirs,
                                        mounts, -1, -1}};
        step = "launch";
        if (!warm || !warm_launch(sandbox->slot, &launch, sandbox->request.image, &command->request)) {
            sandbox_is_plain(sandbox);
            error = slot_launch(sandbox->slot, &launch);
        }
    }
    for (unsigned i = 0; i < made; i++) {
        if (channels[i].ours >= 0) close(channels[i].ours);
        if (channels[i].theirs >= 0) close(channels[i].theirs);
    }
    if (error) fail_to_start(sandbox, step, error);
    else if (!command->held) sandbox_give_input(sandbox);
}
