#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect.h"
#include "held.h"
#include "image.h"
#include "parked.h"
#include "request.h"
#include "standby.h"
#include "util.h"
#include "warm.h"

#define PIPE_CHUNK_BYTES (64u * 1024u)
#define TABLE_SIZE 1024u
/* Preparing a sandbox takes about a millisecond; more than this means that the host is in trouble. */
#define SETUP_NS 15000000000u
#define SHORTEST_CPU_CHECK_NS 2000000u
/* A pipe's usual capacity, and what anybody may have: a turn of two processes for every 64 KiB is what input costs. */
#define PIPE_BYTES (64u * 1024u)
#define LARGE_PIPE_BYTES (1024 * 1024)
/* Input that was not asked for is dropped rather than kept without end. */
#define STDIN_MAX_BYTES (FRAME_MAX_PAYLOAD)
/* The service's own ids are below. */
#define FIRST_PARKED_ID 0x80000000u

struct stream {
    struct watch watch;
    uint64_t sent_bytes;
    bool truncated;
};

struct command {
    bool active;
    struct run_request request;
    uint8_t *payload;
    size_t payload_size;
    pid_t init;
    int program_fd; /* pidfd, only where signals may be asked for */
    bool kill_when_launched, reaped, ended, failed;
    bool held; /* started, and not yet asked to do anything */
    enum stop_reason stop_reason;
    int wait_status;
    int failure_errno;
    char failure_step[32];
    uint64_t launched_ns, started_ns, ended_ns, preparation_cpu_ns, next_cpu_check_ns;
    uint64_t kept_bytes; /* of files that a compiler made elsewhere: no use of this command's */
    struct cgroup_usage usage;
    struct stream out, err;
    struct watch input, reports;
    struct outbox input_bytes;
    bool input_ending;
    uint64_t unacknowledged_bytes;
};

struct sandbox {
    struct sandbox *next_in_bucket, *next_waiting;
    uint32_t id;
    uint8_t *payload;
    size_t payload_size;
    struct open_request request;
    struct slot *slot;
    int mount_namespace; /* of the first command, for those after it */
    int folders; /* of the first command: what its writable folders are in */
    bool waiting, run_pending, disposing;
    bool parked;       /* made ahead, and nobody's yet */
    bool was_parked;   /* its first command was */
    bool awaits_release;
    struct command command;
};

static struct outbox *events;
static struct sandbox *table[TABLE_SIZE];
static struct sandbox *first_waiting, *last_waiting;

static void start_command(struct sandbox *sandbox);
static void advance(struct sandbox *sandbox);

static struct sandbox **bucket_of(uint32_t id)
{
    struct sandbox **at = &table[id % TABLE_SIZE];
    while (*at && (*at)->id != id) at = &(*at)->next_in_bucket;
    return at;
}

static void send_event(enum event_type type, uint32_t id)
{
    struct frame frame = frame_begin(events, type, id);
    frame_end(&frame);
}

static uint8_t *copy_of(const uint8_t *data, size_t size)
{
    uint8_t *copy = checked_alloc(size ? size : 1);
    memcpy(copy, data, size);
    return copy;
}

/* ---- waiting for a slot ---- */

static void wait_for_slot(struct sandbox *sandbox)
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
        if (sandbox->run_pending) start_command(sandbox);
    }
}

/* ---- ending ---- */

static void stop(struct sandbox *sandbox, enum stop_reason reason)
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

static void fail(struct sandbox *sandbox, const char *step, int error)
{
    struct command *command = &sandbox->command;
    if (command->failed) return;
    command->failed = true;
    command->failure_errno = error;
    snprintf(command->failure_step, sizeof command->failure_step, "%s", step);
    stop(sandbox, STOP_NONE);
}

static void dispose(struct sandbox *sandbox)
{
    stop_waiting(sandbox);
    if (sandbox->mount_namespace >= 0) slot_close_later(sandbox->slot, sandbox->mount_namespace);
    if (sandbox->folders >= 0) slot_close_later(sandbox->slot, sandbox->folders);
    if (sandbox->slot) slot_release(sandbox->slot);
    *bucket_of(sandbox->id) = sandbox->next_in_bucket;
    if (sandbox->parked) standby_forget(sandbox);
    else send_event(EV_DISPOSED, sandbox->id);
    free(sandbox->payload);
    free(sandbox->command.payload);
    free(sandbox);
}

static void send_failure(const struct sandbox *sandbox)
{
    const struct command *command = &sandbox->command;
    struct frame frame = frame_begin(events, EV_FAILED, sandbox->id);
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
    struct frame frame = frame_begin(events, EV_EXITED, sandbox->id);
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

static void advance(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    if (command->active && command->reaped && command->out.watch.fd < 0 && command->err.watch.fd < 0) finish(sandbox);
    if (sandbox->disposing && !command->active) dispose(sandbox);
}

/*
 * A program that a fork server launched shares its interpreter's memory with it, as long as neither writes there; one
 * that was started by itself would be charged with it.
 */
static void add_shared_memory(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    uint64_t limit = command->request.memory_bytes, *peak = &command->usage.memory_peak_bytes;
    uint64_t shared = warm_shared_bytes(sandbox->slot);
    if (*peak > 0 && shared > 0) *peak = *peak + shared < limit || *peak > limit ? *peak + shared : limit;
}

/* Judges by the kernel's counters, once, when everything in the sandbox is gone. */
static void judge(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    if (!command->ended) command->ended_ns = now_ns();
    command->usage = slot_cgroup_usage(&sandbox->slot->cgroup);
    uint64_t *peak = &command->usage.memory_peak_bytes;
    *peak = *peak > command->kept_bytes ? *peak - command->kept_bytes : 0;
    add_shared_memory(sandbox);
    /* It was at its limit, whatever of what was there before has gone meanwhile. */
    if (command->usage.oom_kills > 0 && command->usage.memory_peak_bytes < command->request.memory_bytes)
        command->usage.memory_peak_bytes = command->request.memory_bytes;
    if (command->stop_reason != STOP_NONE || command->failed) return;
    if (command->usage.oom_kills > 0) command->stop_reason = STOP_MEMORY;
    else if (command->usage.cpu_ns > command->request.cpu_ns + command->preparation_cpu_ns)
        command->stop_reason = STOP_CPU;
    else if (command->started_ns && command->ended_ns - command->started_ns > command->request.wall_ns)
        command->stop_reason = STOP_WALL;
}

/* ---- streams ---- */

static void pause_or_resume_output(struct command *command)
{
    uint32_t wanted = command->unacknowledged_bytes < OUTPUT_WINDOW_BYTES ? EPOLLIN : 0;
    watch_change(&command->out.watch, wanted);
    watch_change(&command->err.watch, wanted);
}

/* Reads once. Returns false when there is nothing more to read now. */
static bool read_output(struct sandbox *sandbox, struct stream *stream, enum event_type type)
{
    struct command *command = &sandbox->command;
    uint8_t *at = outbox_reserve(events, FRAME_HEADER_BYTES + PIPE_CHUNK_BYTES);
    ssize_t got = read(stream->watch.fd, at + FRAME_HEADER_BYTES, PIPE_CHUNK_BYTES);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        /* Nobody is left to write, so empty means ended. */
        if (command->reaped) watch_close(&stream->watch);
        return false;
    }
    if (got <= 0) { /* a terminal whose last user has gone answers EIO */
        watch_close(&stream->watch);
        return false;
    }
    uint64_t allowed = command->request.output_bytes - stream->sent_bytes;
    size_t size = (uint64_t)got > allowed ? (size_t)allowed : (size_t)got;
    if (size > 0) {
        memset(at, 0, FRAME_HEADER_BYTES);
        store_u32(at, (uint32_t)size);
        at[4] = (uint8_t)type;
        store_u32(at + 8, sandbox->id);
        outbox_commit(events, FRAME_HEADER_BYTES + size);
        stream->sent_bytes += size;
        command->unacknowledged_bytes += size;
    }
    if (size < (size_t)got) {
        stream->truncated = true;
        /* Also when the program has ended by itself meanwhile: it wrote more than it was allowed. */
        if (command->stop_reason == STOP_NONE && !command->failed) command->stop_reason = STOP_OUTPUT;
        stop(sandbox, STOP_OUTPUT);
        watch_close(&stream->watch);
        return false;
    }
    return true;
}

static void output_ready(struct sandbox *sandbox, struct stream *stream, enum event_type type)
{
    struct command *command = &sandbox->command;
    /* After the end everything is taken at once; while it runs, one chunk a turn, so that streams take turns. */
    while (command->unacknowledged_bytes < OUTPUT_WINDOW_BYTES && read_output(sandbox, stream, type) && command->reaped)
        continue;
    pause_or_resume_output(command);
}

static void out_ready(struct watch *watch, uint32_t ready)
{
    (void)ready;
    struct sandbox *sandbox = watch->owner;
    output_ready(sandbox, &sandbox->command.out, EV_STDOUT);
    advance(sandbox);
}

static void err_ready(struct watch *watch, uint32_t ready)
{
    (void)ready;
    struct sandbox *sandbox = watch->owner;
    output_ready(sandbox, &sandbox->command.err, EV_STDERR);
    advance(sandbox);
}

static void tell_input_taken(struct sandbox *sandbox, size_t size)
{
    if (!(sandbox->command.request.flags & RUN_INTERACTIVE) || size == 0) return;
    struct frame frame = frame_begin(events, EV_STDIN_TAKEN, sandbox->id);
    put_u32(&frame, (uint32_t)size);
    frame_end(&frame);
}

static void drop_input(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    tell_input_taken(sandbox, outbox_pending(&command->input_bytes));
    outbox_free(&command->input_bytes);
    watch_close(&command->input);
}

static void feed_input(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    struct outbox *bytes = &command->input_bytes;
    while (command->input.fd >= 0 && outbox_pending(bytes) > 0) {
        ssize_t written = write(command->input.fd, bytes->data + bytes->start, outbox_pending(bytes));
        if (written < 0 && errno == EAGAIN) {
            watch_change(&command->input, EPOLLOUT);
            return;
        }
        if (written < 0) { /* nobody reads any more; that is the program's right */
            drop_input(sandbox);
            return;
        }
        outbox_consume(bytes, (size_t)written);
        tell_input_taken(sandbox, (size_t)written);
    }
    watch_change(&command->input, 0);
    if (command->input_ending) drop_input(sandbox);
}

static void input_ready(struct watch *watch, uint32_t ready)
{
    struct sandbox *sandbox = watch->owner;
    if (ready & (EPOLLERR | EPOLLHUP)) drop_input(sandbox);
    else feed_input(sandbox);
}

static void add_input(struct sandbox *sandbox, const uint8_t *data, size_t size)
{
    struct command *command = &sandbox->command;
    if (!command->active || command->reaped || command->input_ending ||
        outbox_pending(&command->input_bytes) + size > STDIN_MAX_BYTES) {
        tell_input_taken(sandbox, size);
        return;
    }
    if (size > 0) memcpy(outbox_reserve(&command->input_bytes, size), data, size);
    outbox_commit(&command->input_bytes, size);
}

/* A terminal has no end of input but the character that means it. */
static void end_input(struct sandbox *sandbox)
{
    if (sandbox->command.request.flags & RUN_TTY) add_input(sandbox, (const uint8_t *)"\004", 1);
    else sandbox->command.input_ending = true;
}

/* ---- reports of the launched processes ---- */

static void take_terminal(struct sandbox *sandbox, int controller)
{
    struct command *command = &sandbox->command;
    int input = fcntl(controller, F_DUPFD_CLOEXEC, 3);
    fcntl(controller, F_SETFL, O_NONBLOCK);
    watch_add(&command->out.watch, controller, EPOLLIN, out_ready, sandbox);
    if (input >= 0) watch_add(&command->input, input, 0, input_ready, sandbox);
    feed_input(sandbox);
}

static void take_start(struct sandbox *sandbox, const struct report *report, pid_t sender)
{
    struct command *command = &sandbox->command;
    sandbox->slot->begun = true;
    if (command->request.flags & (RUN_INTERACTIVE | RUN_HELD) && sender > 0)
        command->program_fd = (int)syscall(SYS_pidfd_open, sender, 0);
    if (!command->held) {
        command->started_ns = report->time_ns;
        command->preparation_cpu_ns = report->cpu_ns;
        command->next_cpu_check_ns = report->time_ns;
    }
    send_event(EV_STARTED, sandbox->id);
}

/* From here on time counts. */
static void take_release(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    command->preparation_cpu_ns = slot_cgroup_cpu_ns(&sandbox->slot->cgroup);
    command->started_ns = command->next_cpu_check_ns = now_ns();
    send_event(EV_STARTED, sandbox->id);
    feed_input(sandbox);
}

static void take_report(struct sandbox *sandbox, const struct report *report, pid_t sender, int descriptor)
{
    struct command *command = &sandbox->command;
    switch ((enum report_kind)report->kind) {
    case REPORT_FAILED:
        fail(sandbox, report->step, report->status);
        return;
    case REPORT_STARTED:
        take_start(sandbox, report, sender);
        return;
    case REPORT_MOUNTS:
        if (sandbox->mount_namespace >= 0) close(sandbox->mount_namespace); /* of a launch that was made again */
        sandbox->mount_namespace = descriptor;
        return;
    case REPORT_FOLDERS:
        if (sandbox->folders >= 0) close(sandbox->folders);
        sandbox->folders = descriptor;
        return;
    case REPORT_TERMINAL:
        if (descriptor >= 0) take_terminal(sandbox, descriptor);
        return;
    case REPORT_PARKED:
        sandbox->awaits_release = true;
        return;
    case REPORT_RELEASED:
        take_release(sandbox);
        return;
    case REPORT_ENDED:
        command->ended = true;
        command->wait_status = report->status;
        command->ended_ns = report->time_ns;
        return;
    }
}

static void reports_ready(struct watch *watch, uint32_t ready)
{
    (void)ready;
    struct sandbox *sandbox = watch->owner;
    for (;;) {
        struct report report;
        struct iovec part = {.iov_base = &report, .iov_len = sizeof report};
        union {
            struct cmsghdr header;
            char space[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
        } control;
        struct msghdr envelope = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        ssize_t got = recvmsg(watch->fd, &envelope, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got != (ssize_t)sizeof report) {
            if (got == 0) watch_change(watch, 0); /* all holders are gone; the reaping follows */
            return;
        }
        int descriptor = -1;
        pid_t sender = 0;
        for (struct cmsghdr *item = CMSG_FIRSTHDR(&envelope); item; item = CMSG_NXTHDR(&envelope, item)) {
            if (item->cmsg_level != SOL_SOCKET) continue;
            if (item->cmsg_type == SCM_RIGHTS) memcpy(&descriptor, CMSG_DATA(item), sizeof descriptor);
            if (item->cmsg_type == SCM_CREDENTIALS) {
                struct ucred credentials;
                memcpy(&credentials, CMSG_DATA(item), sizeof credentials);
                sender = credentials.pid;
            }
        }
        take_report(sandbox, &report, sender, descriptor);
    }
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
        for (struct sandbox *sandbox = table[i]; sandbox; sandbox = sandbox->next_in_bucket)
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
    if (command->out.watch.fd >= 0) output_ready(sandbox, &command->out, EV_STDOUT);
    if (command->err.watch.fd >= 0) output_ready(sandbox, &command->err, EV_STDERR);
    advance(sandbox);
    return true;
}

/* ---- starting ---- */

static void launched(struct slot *slot, pid_t pid)
{
    struct sandbox *sandbox = slot->user;
    if (!sandbox || !sandbox->command.active || sandbox->command.init > 0) return;
    struct command *command = &sandbox->command;
    if (pid < 0) {
        fail(sandbox, pid == -ECHILD ? "keeper" : "clone", -pid);
        command->reaped = true;
        watch_close(&command->out.watch);
        watch_close(&command->err.watch);
        advance(sandbox);
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

static void out_of_memory(struct slot *slot)
{
    if (slot->user) stop(slot->user, STOP_MEMORY);
}

const struct slot_callbacks sandbox_slot_callbacks = {
    .launched = launched, .out_of_memory = out_of_memory, .ready = slot_became_ready};

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

static int prepare_slot(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    struct slot_cgroup *group = &sandbox->slot->cgroup;
    struct cgroup_limits limits = {.memory_bytes = command->request.memory_bytes,
                                   .processes = command->request.processes,
                                   .cpu_milli = command->request.cpu_milli};
    if (sandbox->mount_namespace >= 0) {
        /* On v1, files that earlier commands left are still charged here; they are not this one's use. */
        uint64_t most = sandbox->request.file_system_bytes;
        int error = slot_refresh(sandbox->slot, most);
        if (error) return error;
        uint64_t kept = slot_cgroup_kept_bytes(group);
        limits.memory_bytes += ((kept < most ? kept : most) + 4095u) & ~(uint64_t)4095u;
    } else {
        command->kept_bytes = open_request_kept_bytes(&sandbox->request);
        limits.memory_bytes += command->kept_bytes;
    }
    return slot_cgroup_limit(group, &limits);
}

static bool may_be_warm(const struct run_request *request)
{
    return request->flags & RUN_WARM && !(request->flags & RUN_TTY);
}

static void give_input(struct sandbox *sandbox)
{
    const struct run_request *request = &sandbox->command.request;
    add_input(sandbox, request->stdin_bytes.data, request->stdin_bytes.size);
    int pipe_fd = sandbox->command.input.fd;
    if (request->stdin_bytes.size > PIPE_BYTES && pipe_fd >= 0) fcntl(pipe_fd, F_SETPIPE_SZ, LARGE_PIPE_BYTES);
    if (!(request->flags & RUN_INTERACTIVE)) end_input(sandbox);
    if (!(request->flags & RUN_TTY)) feed_input(sandbox);
}

static void start_command(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    sandbox->run_pending = false;
    command->launched_ns = now_ns();
    const char *step = "cgroup-limits";
    int error = prepare_slot(sandbox);
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
        watch_add(&command->reports, channels[3].ours, EPOLLIN, reports_ready, sandbox);
        watch_add(&command->err.watch, channels[2].ours, EPOLLIN, err_ready, sandbox);
        if (command->request.flags & RUN_TTY) {
            /* The terminal's controlling side takes their place when it arrives. */
            close(channels[0].ours);
            close(channels[1].ours);
        } else {
            watch_add(&command->out.watch, channels[1].ours, EPOLLIN, out_ready, sandbox);
            watch_add(&command->input, channels[0].ours, 0, input_ready, sandbox);
        }
        for (unsigned i = 0; i < made; i++) channels[i].ours = -1;
        struct launch launch = {.fresh = sandbox->mount_namespace < 0,
                                .open_payload = sandbox->payload,
                                .open_size = sandbox->payload_size,
                                .run_payload = command->payload,
                                .run_size = command->payload_size,
                                .fds = {channels[0].theirs, channels[1].theirs, channels[2].theirs, channels[3].theirs,
                                        mounts, -1}};
        step = "launch";
        sandbox->slot->begun = false;
        if (may_be_warm(&command->request) &&
            warm_launch(sandbox->slot, &launch, sandbox->request.image, &command->request)) {
            for (unsigned i = 0; i < made; i++) channels[i].theirs = -1;
        } else {
            error = slot_launch(sandbox->slot, &launch);
        }
    }
    for (unsigned i = 0; i < made; i++) {
        if (channels[i].ours >= 0) close(channels[i].ours);
        if (channels[i].theirs >= 0) close(channels[i].theirs);
    }
    if (error) {
        fail(sandbox, step, -error);
        command->reaped = true;
        watch_close(&command->out.watch);
        watch_close(&command->err.watch);
        advance(sandbox);
        return;
    }
    if (!command->held) give_input(sandbox);
}

/* ---- limits ---- */

static uint64_t check_limits_of(struct sandbox *sandbox, uint64_t now)
{
    struct command *command = &sandbox->command;
    if (!command->active || command->reaped || command->stop_reason != STOP_NONE || command->failed ||
        sandbox->run_pending || command->held)
        return UINT64_MAX;
    if (command->started_ns == 0) {
        if (now >= command->launched_ns + SETUP_NS) fail(sandbox, "preparation-took-too-long", ETIMEDOUT);
        return command->launched_ns + SETUP_NS;
    }
    uint64_t wall_end = command->started_ns + command->request.wall_ns;
    if (now >= wall_end) {
        stop(sandbox, STOP_WALL);
        return UINT64_MAX;
    }
    if (now >= command->next_cpu_check_ns) {
        uint64_t used = slot_cgroup_cpu_ns(&sandbox->slot->cgroup);
        uint64_t limit = command->request.cpu_ns + command->preparation_cpu_ns;
        if (used > limit) {
            stop(sandbox, STOP_CPU);
            return UINT64_MAX;
        }
        /* Not before all of its CPUs together could have used up the rest. */
        uint64_t soonest = (limit - used) * 1000u / (command->request.cpu_milli ? command->request.cpu_milli : 1000u);
        command->next_cpu_check_ns = now + (soonest > SHORTEST_CPU_CHECK_NS ? soonest : SHORTEST_CPU_CHECK_NS);
    }
    return wall_end < command->next_cpu_check_ns ? wall_end : command->next_cpu_check_ns;
}

uint64_t sandboxes_check_limits(void)
{
    uint64_t now = now_ns(), next = UINT64_MAX;
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (struct sandbox *sandbox = table[i]; sandbox; sandbox = sandbox->next_in_bucket) {
            uint64_t due = check_limits_of(sandbox, now);
            if (due < next) next = due;
        }
    return next;
}

unsigned sandboxes_running(uint64_t within_ns)
{
    uint64_t now = now_ns();
    unsigned running = 0;
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (const struct sandbox *sandbox = table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            running += sandbox->command.active && !sandbox->command.held && now < sandbox->command.launched_ns + within_ns;
    return running;
}

bool sandboxes_between_commands(void)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (const struct sandbox *sandbox = table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            if (!sandbox->command.active) return true;
    return false;
}

bool sandboxes_idle(void)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (struct sandbox *sandbox = table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            if (sandbox->command.init > 0 && !sandbox->command.reaped) return false;
    return true;
}

void sandboxes_kill_all(void)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (struct sandbox *sandbox = table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            stop(sandbox, STOP_CANCELLED);
}

/* ---- requests ---- */

void sandboxes_start(struct outbox *outbox)
{
    events = outbox;
}

static bool open_sandbox(uint32_t id, const uint8_t *payload, size_t size)
{
    struct sandbox **at = bucket_of(id);
    if (*at) return false;
    struct sandbox *sandbox = checked_alloc(sizeof *sandbox);
    sandbox->payload = copy_of(payload, size);
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

static bool set_command(struct sandbox *sandbox, const uint8_t *payload, size_t size)
{
    struct command *command = &sandbox->command;
    *command = (struct command){.active = true, .program_fd = -1};
    command->out.watch.fd = command->err.watch.fd = command->input.fd = command->reports.fd = -1;
    command->payload = copy_of(payload, size);
    command->payload_size = size;
    return parse_run(command->payload, size, &command->request);
}

/* ---- sandboxes made ahead ---- */

struct sandbox *sandbox_park(struct slot *slot, const uint8_t *open_payload, size_t open_size,
                             const uint8_t *run_payload, size_t run_size)
{
    static uint32_t next_id;
    /* The service's own are below. */
    uint32_t id;
    do id = FIRST_PARKED_ID | next_id++;
    while (*bucket_of(id));
    if (!open_sandbox(id, open_payload, open_size)) die("a sandbox cannot be made ahead");
    struct sandbox *sandbox = *bucket_of(id);
    sandbox->parked = sandbox->disposing = true;
    sandbox->slot = slot;
    slot->user = sandbox;
    if (!set_command(sandbox, run_payload, run_size)) die("a command cannot be parked");
    sandbox->command.held = true;
    return sandbox;
}

void sandbox_start_parked(struct sandbox *sandbox)
{
    start_command(sandbox);
}

void sandbox_end_parked(struct sandbox *sandbox)
{
    stop(sandbox, STOP_CANCELLED);
}

bool sandbox_may_be_taken(const struct sandbox *sandbox)
{
    const struct command *command = &sandbox->command;
    return sandbox->awaits_release && command->active && command->init > 0 && !command->reaped && !command->ended && !command->failed &&
           command->stop_reason == STOP_NONE;
}

/* Makes a parked sandbox the one that was opened; what follows is what it would have begun with. */
static void take_over(struct sandbox *parked, struct sandbox *opened, const uint8_t *payload, size_t size)
{
    struct command *command = &parked->command;
    *bucket_of(parked->id) = parked->next_in_bucket;
    *bucket_of(opened->id) = opened->next_in_bucket;
    parked->id = opened->id;
    parked->next_in_bucket = table[parked->id % TABLE_SIZE];
    table[parked->id % TABLE_SIZE] = parked;
    free(parked->payload);
    parked->payload = opened->payload;
    parked->payload_size = opened->payload_size;
    parked->request = opened->request;
    free(opened);
    free(command->payload);
    command->payload = copy_of(payload, size);
    command->payload_size = size;
    parse_run(command->payload, size, &command->request);
    parked->parked = parked->disposing = command->held = false;
    parked->was_parked = true;
    command->launched_ns = now_ns();
    command->kept_bytes = open_request_kept_bytes(&parked->request);
    const char *step = "cgroup-limits";
    struct cgroup_limits limits = {.memory_bytes = command->request.memory_bytes + command->kept_bytes,
                                   .processes = command->request.processes,
                                   .cpu_milli = command->request.cpu_milli};
    int error = slot_cgroup_limit(&parked->slot->cgroup, &limits);
    if (!error) {
        struct launch launch = {.open_payload = parked->payload,
                                .open_size = parked->payload_size,
                                .run_payload = command->payload,
                                .run_size = command->payload_size};
        step = "release";
        error = slot_share(parked->slot, &launch);
        if (!error)
            error = parked_release(command->reports.fd, parked->slot->region_fd, launch.open_size, launch.run_size);
    }
    if (error) fail(parked, step, -error);
    give_input(parked);
}

static bool run_command(struct sandbox *sandbox, const uint8_t *payload, size_t size)
{
    struct command *command = &sandbox->command;
    if (command->active || sandbox->disposing) return false;
    if (!set_command(sandbox, payload, size) || command->request.flags & RUN_PARKED) return false;
    command->held = command->request.flags & RUN_HELD;
    if (!sandbox->slot) {
        struct sandbox *parked = standby_take(&sandbox->request, &command->request);
        if (parked) {
            free(command->payload);
            take_over(parked, sandbox, payload, size);
            return true;
        }
        /* Those who wait come first. */
        sandbox->slot = first_waiting ? NULL : slot_take();
        if (sandbox->slot) sandbox->slot->user = sandbox;
        else wait_for_slot(sandbox);
    }
    sandbox->run_pending = true;
    if (sandbox->slot) start_command(sandbox);
    return true;
}

static void kill_command(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    if (!sandbox->run_pending) {
        stop(sandbox, STOP_CANCELLED);
        return;
    }
    /* It still waits for a slot: nothing has run. */
    sandbox->run_pending = false;
    command->stop_reason = STOP_CANCELLED;
    command->reaped = true;
    advance(sandbox);
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
    command->request.output_bytes = release.output_bytes;
    command->request.cpu_milli = release.cpu_milli;
    command->request.flags |= release.flags & RUN_INTERACTIVE;
    add_input(sandbox, release.stdin_bytes.data, release.stdin_bytes.size);
    if (!(release.flags & RUN_INTERACTIVE)) end_input(sandbox);
    struct cgroup_limits limits = {.memory_bytes = release.memory_bytes,
                                   .processes = release.processes,
                                   .cpu_milli = release.cpu_milli};
    int error = slot_cgroup_limit(&sandbox->slot->cgroup, &limits);
    if (error) fail(sandbox, "cgroup-limits", -error);
    else if ((error = held_send_release(command->reports.fd, payload, size))) fail(sandbox, "release", -error);
    return true;
}

static void tell_usage(const struct sandbox *sandbox)
{
    if (!sandbox->command.active || !sandbox->slot) return;
    struct cgroup_usage usage = slot_cgroup_usage(&sandbox->slot->cgroup);
    struct frame frame = frame_begin(events, EV_USAGE, sandbox->id);
    put_u64(&frame, usage.cpu_ns);
    put_u64(&frame, usage.memory_peak_bytes);
    frame_end(&frame);
}

static void send_artefacts(const struct sandbox *sandbox, uint64_t most_bytes)
{
    struct frame frame = frame_begin(events, EV_ARTEFACTS, sandbox->id);
    size_t answer_at = outbox_pending(events);
    put_u32(&frame, 0);
    /* While a command runs it could change what is read. */
    if (!sandbox->command.active && sandbox->folders >= 0 &&
        collect_artefacts(&frame, sandbox->folders, sandbox->slot->uid, most_bytes))
        store_u32(events->data + events->start + answer_at, 1);
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
    pause_or_resume_output(command);
}

bool sandbox_request(enum request_type type, uint32_t id, const uint8_t *payload, size_t size)
{
    if (type == REQ_OPEN) return id < FIRST_PARKED_ID && open_sandbox(id, payload, size);
    struct sandbox *sandbox = *bucket_of(id);
    if (!sandbox) return true; /* it ended while the request was under way */
    struct reader reader = reader_of(payload, size);
    uint32_t first, second;
    uint64_t most_bytes;
    switch (type) {
    case REQ_RUN:
        return run_command(sandbox, payload, size);
    case REQ_STDIN:
        add_input(sandbox, payload, size);
        feed_input(sandbox);
        return true;
    case REQ_STDIN_END:
        end_input(sandbox);
        feed_input(sandbox);
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
        else dispose(sandbox);
        return true;
    case REQ_IMAGE:
    case REQ_WARM:
    case REQ_OPEN:
    case REQ_RECORD:
    case REQ_COLLECT:
        break;
    }
    return false;
}
