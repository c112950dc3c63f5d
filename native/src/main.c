/*
 * The supervisor: started by its guard (guard.h), it makes the sandboxes and runs the programs in them.
 *
 * Isolated: mounts, processes, IPC, host name, control groups, network, uid, capabilities, system calls (see
 * launch.h, mounts.c, seccomp_filter.c). Not isolated: time, the CPU's caches, and the kernel itself, which all
 * programs share. Needs root, Linux 5.9 (close_range) and cgroup v1, or v2 with Linux 5.7 (CLONE_INTO_CGROUP);
 * memory peaks are reported from 5.19 on v2.
 *
 * It is a single thread with an event loop, and threads beside it for what may take long (background.h). It trusts the
 * service at the other end of descriptor 3 and nothing else. When the service goes, it kills its sandboxes, removes its
 * control groups and ends. When it is killed itself, the kernel kills its children, and the next start sweeps what is
 * left.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "image.h"
#include "launch.h"
#include "loop.h"
#include "privileges.h"
#include "probe.h"
#include "protocol.h"
#include "sandbox.h"
#include "seccomp_filter.h"
#include "slot.h"
#include "spawner.h"
#include "standby.h"
#include "util.h"
#include "warm.h"

#define SERVICE_FD 3
#define OUTGOING_KEEP_BYTES (4u * 1024u * 1024u)
#define READ_BYTES (256u * 1024u)
#define STOP_PATIENCE_NS 5000000000u
/* Of fork servers, unless the service says otherwise. */
#define RENEWAL_SECONDS 600u

static struct watch service, signals;
static struct outbox incoming, outgoing;
static bool stopping;

static void flush(void)
{
    while (outbox_pending(&outgoing) > 0) {
        ssize_t written = write(service.fd, outgoing.data + outgoing.start, outbox_pending(&outgoing));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN) {
            watch_change(&service, EPOLLIN | EPOLLOUT);
            return;
        }
        if (written < 0) {
            stopping = true;
            return;
        }
        outbox_consume(&outgoing, (size_t)written);
    }
    /* What a compiler has left goes out in one frame. */
    if (outgoing.capacity > OUTGOING_KEEP_BYTES) outbox_free(&outgoing);
    watch_change(&service, EPOLLIN);
}

static bool register_image(uint32_t id, const uint8_t *payload, size_t size)
{
    struct reader reader = reader_of(payload, size);
    struct bytes name = read_string(&reader);
    uint32_t count = read_u32(&reader);
    if (count == 0 || count > IMAGE_MAX_LAYERS) return false;
    struct bytes layers[IMAGE_MAX_LAYERS];
    for (uint32_t i = 0; i < count; i++) layers[i] = read_string(&reader);
    if (!reader_done(&reader)) return false;
    const char *problem = image_register(name, layers, count);
    struct frame frame = frame_begin(&outgoing, EV_IMAGE, id);
    put_string(&frame, problem ? problem : "");
    frame_end(&frame);
    return true;
}

static bool tell_turns(uint32_t id)
{
    struct frame frame = frame_begin(&outgoing, EV_TURNS, id);
    put_u64(&frame, loop_longest_turn_ns());
    frame_end(&frame);
    return true;
}

static void take_frames(void)
{
    while (outbox_pending(&incoming) >= FRAME_HEADER_BYTES) {
        const uint8_t *header = incoming.data + incoming.start;
        size_t size = load_u32(header);
        uint32_t id = load_u32(header + 8);
        if (size > FRAME_MAX_PAYLOAD) die("a frame of %zu bytes is too large", size);
        if (outbox_pending(&incoming) < FRAME_HEADER_BYTES + size) return;
        const uint8_t *payload = header + FRAME_HEADER_BYTES;
        enum request_type type = (enum request_type)header[4];
        bool understood = type == REQ_IMAGE   ? register_image(id, payload, size)
                          : type == REQ_WARM  ? warm_register(payload, size)
                          : type == REQ_TURNS ? tell_turns(id)
                                              : sandbox_request(type, id, payload, size);
        if (!understood) {
            errno = 0;
            die("a frame of type %u and %zu bytes is not of the protocol", header[4], size);
        }
        outbox_consume(&incoming, FRAME_HEADER_BYTES + size);
    }
}

static void service_ready(struct watch *watch, uint32_t events)
{
    if (events & EPOLLOUT) flush();
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    /* Room for the rest of a frame whose size is known, so that a large one does not come in small pieces. */
    size_t wanted = READ_BYTES;
    if (outbox_pending(&incoming) >= FRAME_HEADER_BYTES) {
        size_t frame = FRAME_HEADER_BYTES + load_u32(incoming.data + incoming.start);
        if (frame > outbox_pending(&incoming) + wanted && frame <= FRAME_HEADER_BYTES + FRAME_MAX_PAYLOAD)
            wanted = frame - outbox_pending(&incoming);
    }
    ssize_t got = read(watch->fd, outbox_reserve(&incoming, wanted), wanted);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        stopping = true;
        return;
    }
    outbox_commit(&incoming, (size_t)got);
    take_frames();
    /* One large request must not hold its memory for ever. */
    if (outbox_pending(&incoming) == 0 && incoming.capacity > 4u * READ_BYTES) outbox_free(&incoming);
}

static void reap(void)
{
    for (;;) {
        /* Left for the moment, so that its number stays its own while others are asked what they have started. */
        siginfo_t child = {0};
        if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) < 0 || child.si_pid == 0) return;
        pid_t pid = child.si_pid;
        if (!sandbox_is_init(pid)) {
            slots_hear_keepers();
            warm_hear();
        }
        waitpid(pid, NULL, WNOHANG);
        if (sandbox_counted(pid, child.si_code != CLD_EXITED || child.si_status != 0)) continue;
        if (!slot_reaped(pid) && !warm_reaped(pid) && !spawner_reaped(pid)) sandbox_reaped(pid);
    }
}

static void signals_ready(struct watch *watch, uint32_t events)
{
    (void)events;
    struct signalfd_siginfo signal;
    while (read(watch->fd, &signal, sizeof signal) == (ssize_t)sizeof signal)
        if (signal.ssi_signo != SIGCHLD) stopping = true;
    reap();
}

static void say_ready(unsigned slot_count)
{
    struct utsname kernel;
    uname(&kernel);
    char text[512];
    const char *weakness = cgroups_weakness();
    snprintf(text, sizeof text, "{\"cgroupVersion\":%d,\"slots\":%u,\"kernel\":\"%s\",\"weakness\":\"%s\",\"pid\":%d}",
             cgroup_version(), slot_count, kernel.release, weakness ? weakness : "", getpid());
    struct frame frame = frame_begin(&outgoing, EV_READY, 0);
    put_string(&frame, text);
    frame_end(&frame);
}

/* The supervisor's own mounts and network are private: what it does to them never reaches the host. */
static void isolate_self(void)
{
    prctl(PR_SET_NAME, "codeexec-superv");
    if (unshare(CLONE_NEWNS) < 0) die("mount namespaces are not available");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) die("mounts cannot be made private");
    spawner_start();
    int error = privileges_forbid_gains();
    if (!error) error = privileges_keep(SUPERVISOR_RIGHTS);
    if (error) {
        errno = -error;
        die("privileges cannot be limited");
    }
    const char *problem = seccomp_prepare();
    if (!problem) problem = cgroups_start();
    if (problem) {
        errno = 0;
        die("%s", problem);
    }
    if (cgroups_weakness()) log_line("%s", cgroups_weakness());
}

static void stop_all(void)
{
    standby_stop();
    sandboxes_kill_all();
    uint64_t deadline = now_ns() + STOP_PATIENCE_NS;
    while (!sandboxes_idle() && now_ns() < deadline) loop_turn(deadline);
    warm_stop();
    spawner_stop();
    slots_stop();
    cgroups_stop();
}

static unsigned number_argument(const char *text, unsigned least, unsigned most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    errno = 0;
    if (*end || value < least || value > most) die("%s is not a number from %u to %u", text, least, most);
    return (unsigned)value;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--probe") == 0) return probe();
    if (argc < 3 || argc > 5) {
        fprintf(stderr, "usage: codeexec-supervisor SLOTS FIRST_UID [STANDBY [RENEWAL]]   (descriptor 3: the service)\n"
                        "       codeexec-supervisor --probe\n");
        return 2;
    }
    unsigned slot_count = number_argument(argv[1], 1, 128);
    unsigned first_uid = number_argument(argv[2], 1000, 2000000000);
    unsigned standby_count = argc > 3 ? number_argument(argv[3], 0, slot_count - 1) : 0;
    unsigned renewal_seconds = argc > 4 ? number_argument(argv[4], 1, 86400) : RENEWAL_SECONDS;
    /* Whatever else the service's parent left open is none of our business, and must not reach a program. */
    close_range(SERVICE_FD + 1, ~0u, 0);
    if (geteuid() != 0) {
        errno = 0;
        die("must be started by root");
    }
    guard_run();
    launch_hide_arguments(argv[0], (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]));
    isolate_self();
    loop_start();
    int signal_fd = signals_open();
    sandboxes_start(&outgoing);
    slots_start(slot_count, (uid_t)first_uid, &sandbox_slot_callbacks);
    warm_start(slot_count, renewal_seconds * 1000000000ull);
    if (fcntl(SERVICE_FD, F_SETFL, O_NONBLOCK) < 0 || fcntl(SERVICE_FD, F_SETFD, FD_CLOEXEC) < 0)
        die("descriptor 3 is not the service's socket");
    watch_add(&service, SERVICE_FD, EPOLLIN, service_ready, NULL);
    watch_add(&signals, signal_fd, EPOLLIN, signals_ready, NULL);
    say_ready(slot_count);
    standby_start(standby_count);
    while (!stopping) {
        uint64_t limits = sandboxes_check_limits();
        flush();
        /* After the flush: nobody waits for a slot that has just been given back. */
        uint64_t cleaning = slots_clean();
        flush();
        uint64_t next = limits < cleaning ? limits : cleaning;
        uint64_t tending = warm_tend();
        if (tending < next) next = tending;
        tending = standby_tend();
        loop_turn(tending < next ? tending : next);
    }
    stop_all();
    outbox_free(&incoming);
    outbox_free(&outgoing);
    return 0;
}
