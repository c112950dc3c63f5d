/*
 * codeexec-agent UID: process 1 of a container that runs one command as UID.
 *
 * It starts as the container's root with three capabilities (SETUID, SETGID, SETPCAP) and nothing untrusted in sight,
 * empties the bounding set at once, takes files and one command from its standard input, forks the program, and has
 * neither root nor any capability left when the program's first instruction runs (slot.c). Its input's end is its
 * own: when the service goes, the container ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../src/launch.h"
#include "../src/loop.h"
#include "../src/privileges.h"
#include "../src/sandbox.h"
#include "../src/seccomp_filter.h"
#include "../src/util.h"
#include "container.h"

#define READ_BYTES (64u * 1024u)
#define MAX_FRAME_BYTES (16u * 1024u * 1024u)
/* A kill for lack of memory is looked for at least this often; the kernel tells nobody inside the container. */
#define LOOK_NS 50000000u

static struct watch input, output, signals;
static struct outbox incoming, outgoing;
static bool stopping;

static void output_ready(struct watch *watch, uint32_t events);

static void flush(void)
{
    while (outbox_pending(&outgoing) > 0) {
        ssize_t written = write(output.fd, outgoing.data + outgoing.start, outbox_pending(&outgoing));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN) {
            watch_change(&output, EPOLLOUT);
            return;
        }
        if (written < 0) {
            stopping = true;
            return;
        }
        outbox_consume(&outgoing, (size_t)written);
    }
    watch_change(&output, 0);
}

static void output_ready(struct watch *watch, uint32_t events)
{
    (void)watch;
    (void)events;
    flush();
}

/* One record at a time, so that the agent's own memory stays small whatever the program has left. */
static void emit_record(const uint8_t *record, size_t size)
{
    struct frame frame = frame_begin(&outgoing, EV_RECORD, 1);
    memcpy(outbox_reserve(&outgoing, size), record, size);
    outbox_commit(&outgoing, size);
    frame_end(&frame);
    for (flush(); !stopping && outbox_pending(&outgoing) > 0; flush()) {
        struct pollfd room = {.fd = output.fd, .events = POLLOUT};
        poll(&room, 1, -1);
    }
}

static void fail(const char *step)
{
    int error = errno;
    struct frame frame = frame_begin(&outgoing, EV_FAILED, 1);
    put_u32(&frame, (uint32_t)error);
    put_string(&frame, step);
    put_string(&frame, errno_name(error));
    put_string(&frame, strerror(error));
    frame_end(&frame);
}

static bool take_frame(const uint8_t *header, const uint8_t *payload, size_t size)
{
    static bool failed;
    enum request_type type = (enum request_type)header[4];
    if (type == REQ_RECORD) {
        const char *step = failed ? NULL : files_place(payload, size);
        if (!step) return true;
        failed = true;
        fail(step);
        return true;
    }
    if (type == REQ_COLLECT) {
        if (container_runs()) return false;
        files_collect(emit_record);
        struct frame frame = frame_begin(&outgoing, EV_COLLECTED, 1);
        frame_end(&frame);
        return true;
    }
    return failed || sandbox_request(type, load_u32(header + 8), payload, size);
}

static void input_ready(struct watch *watch, uint32_t events)
{
    (void)events;
    ssize_t got = read(watch->fd, outbox_reserve(&incoming, READ_BYTES), READ_BYTES);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        stopping = true;
        return;
    }
    outbox_commit(&incoming, (size_t)got);
    while (outbox_pending(&incoming) >= FRAME_HEADER_BYTES) {
        const uint8_t *header = incoming.data + incoming.start;
        size_t size = load_u32(header);
        errno = 0;
        if (size > MAX_FRAME_BYTES) die("a frame of %zu bytes is too large", size);
        if (outbox_pending(&incoming) < FRAME_HEADER_BYTES + size) break;
        if (!take_frame(header, header + FRAME_HEADER_BYTES, size))
            die("a frame of type %u and %zu bytes is not of the protocol", header[4], size);
        outbox_consume(&incoming, FRAME_HEADER_BYTES + size);
    }
    if (outbox_pending(&incoming) == 0 && incoming.capacity > 4u * READ_BYTES) outbox_free(&incoming);
}

/* Other signals than SIGCHLD are ignored: the program's children may send some, the engine only sends SIGKILL. */
static void signals_ready(struct watch *watch, uint32_t events)
{
    (void)events;
    struct signalfd_siginfo signal;
    while (read(watch->fd, &signal, sizeof signal) == (ssize_t)sizeof signal) continue;
    container_reap();
}

static int watch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void prepare_self(void)
{
    int error = privileges_forbid_gains();
    if (error) {
        errno = -error;
        die("privileges cannot be limited");
    }
    const char *problem = seccomp_prepare();
    errno = 0;
    if (problem) die("%s", problem);
    problem = files_start();
    if (problem) die("%s cannot be prepared", problem);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) die("the agent cannot be hidden");
    for (int fd = 0; fd < 2; fd++)
        if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0) die("standard streams are missing");
}

static void say_ready(void)
{
    char text[256];
    container_describe(text, sizeof text);
    struct frame frame = frame_begin(&outgoing, EV_READY, 0);
    put_string(&frame, text);
    frame_end(&frame);
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long uid = argc == 2 ? strtoul(argv[1], &end, 10) : 0;
    errno = 0;
    if (getpid() != 1 || !end || *end || uid < 1000 || uid > 2000000000)
        die("usage: codeexec-agent UID, as the first process of a container");
    prepare_self();
    launch_hide_arguments(argv[0], strlen(argv[0]));
    loop_start();
    int signal_fd = watch_signals();
    sandboxes_start(&outgoing);
    container_start((uid_t)uid);
    watch_add(&input, STDIN_FILENO, EPOLLIN, input_ready, NULL);
    watch_add(&output, STDOUT_FILENO, 0, output_ready, NULL);
    watch_add(&signals, signal_fd, EPOLLIN, signals_ready, NULL);
    say_ready();
    while (!stopping) {
        uint64_t due = sandboxes_check_limits();
        flush();
        if (container_runs() && due > now_ns() + LOOK_NS) due = now_ns() + LOOK_NS;
        loop_turn(due);
        if (container_runs() && container_out_of_memory()) container_end_for_memory();
    }
    return 0; /* and the kernel ends everything else in the container */
}
