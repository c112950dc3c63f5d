#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec.h"
#include "held.h"
#include "mounts.h"
#include "parked.h"
#include "privileges.h"
#include "seccomp_filter.h"
#include "util.h"

/* Where the report socket stays, out of the way of the program's streams. */
static int report_fd = LAUNCH_REPORT_FD;

static struct {
    char *text;
    size_t size;
} own_arguments;

void launch_hide_arguments(char *arguments, size_t size)
{
    own_arguments.text = arguments;
    own_arguments.size = size;
}

static void report(const struct report *message)
{
    /* A supervisor that is gone takes its sandboxes along. */
    if (send(report_fd, message, sizeof *message, MSG_NOSIGNAL) < 0) _exit(1);
}

static void fail(const char *step) __attribute__((noreturn));
static void fail(const char *step)
{
    struct report message = {.kind = REPORT_FAILED, .status = errno};
    snprintf(message.step, sizeof message.step, "%s", step);
    report(&message);
    _exit(1);
}

static void send_descriptor(enum report_kind kind, int descriptor)
{
    struct report message = {.kind = kind};
    struct iovec part = {.iov_base = &message, .iov_len = sizeof message};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr envelope = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *item = CMSG_FIRSTHDR(&envelope);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(item), &descriptor, sizeof descriptor);
    if (sendmsg(report_fd, &envelope, MSG_NOSIGNAL) < 0) _exit(1);
}

/* Strings of the request as a NULL-ended vector of C strings. The process is about to exec or exit: never freed. */
static char **vector_of(struct reader strings, uint32_t count)
{
    char **vector = checked_alloc((count + 1) * sizeof *vector);
    for (uint32_t i = 0; i < count; i++) {
        struct bytes text = read_string(&strings);
        vector[i] = checked_alloc(text.size + 1);
        memcpy(vector[i], text.data, text.size);
    }
    return vector;
}

/* Where a parked launch keeps its socket between init process and program. */
static int park_fd(void)
{
    return report_fd + 1;
}

/* All but the standard streams, the report socket, a parked launch's, and what an interpreter opened for itself. */
static int close_others(const struct launch *launch, bool parked)
{
    int first = launch->server ? launch->server->own_fds : report_fd;
    if (first < report_fd && close_range((unsigned)first, (unsigned)report_fd - 1, 0) < 0) return -1;
    return close_range((unsigned)report_fd + (parked ? 2 : 1), ~0u, 0);
}

static void take_streams(const struct launch *launch, const char *terminal, bool parked)
{
    if (setsid() < 0) fail("setsid");
    int streams[3] = {launch->fds[LAUNCH_STDIN], launch->fds[LAUNCH_STDOUT], launch->fds[LAUNCH_STDERR]};
    if (terminal) {
        int fd = open(terminal, O_RDWR | O_CLOEXEC);
        if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0) fail("take-terminal");
        streams[0] = streams[1] = streams[2] = fd;
    }
    /* Above the range they move into, so that none overwrites another. */
    for (int i = 0; i < 3; i++)
        if ((streams[i] = fcntl(streams[i], F_DUPFD_CLOEXEC, 16)) < 0) fail("move-streams");
    for (int i = 0; i < 3; i++)
        if (dup2(streams[i], i) < 0) fail("move-streams");
    if (close_others(launch, parked) < 0) fail("close-descriptors");
}

/* Returns only in a fork server's program. */
static void run_program(const struct launch *launch, const struct run_request *request, const char *terminal,
                        uint64_t init_cpu_ns)
{
    bool parked = request->flags & RUN_PARKED;
    take_streams(launch, terminal, parked);
    umask(022);
    /* An interpreter has set its signals up, as a program's would by now. */
    if (!launch->server) reset_signals();
    int error = rlimits_apply(request->file_bytes, request->stack_bytes);
    if (!error) error = privileges_become(launch->uid);
    /* What exec would do: without it, its own /proc would be closed to the program. */
    if (!error && launch->server && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0) error = -errno;
    if (error) {
        errno = -error;
        fail("drop-privileges");
    }
    error = seccomp_apply();
    if (error) {
        errno = -error;
        fail("seccomp");
    }
    struct parked_request taken = {.mapped_size = 0};
    if (parked) {
        if (launch->server) launch->server->while_parked();
        const char *step = parked_take(park_fd(), &taken);
        if (step) fail(step);
        request = &taken.request;
        init_cpu_ns = taken.init_cpu_ns;
    }
    char folder[4096];
    snprintf(folder, sizeof folder, "/box/%.*s", (int)request->cwd.size, (const char *)request->cwd.data);
    if (chdir(folder) < 0) fail("enter-folder");
    struct report started = {.kind = REPORT_STARTED, .time_ns = now_ns(), .cpu_ns = init_cpu_ns + own_cpu_ns()};
    if (launch->server) {
        report(&started);
        close(report_fd);
        launch->server->become(request);
        if (parked) munmap((void *)(uintptr_t)taken.mapped, taken.mapped_size);
        return;
    }
    char **arguments = vector_of(request->arguments, request->argument_count);
    char **environment = vector_of(request->variables, request->variable_count);
    report(&started);
    execute(arguments, environment);
    fail("exec");
}

/* Reaps everything until the program itself has ended. */
static int wait_for(pid_t program)
{
    for (;;) {
        int status;
        pid_t ended = wait4(-1, &status, 0, NULL);
        if (ended == program) return status;
        if (ended < 0 && errno != EINTR) fail("wait");
    }
}

static void prepare(const struct launch *launch, const struct open_request *open_request, bool ephemeral)
{
    /* While the host's /proc is still in sight: programs are the first to go when memory is short. */
    int error = write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", "1000");
    if (error) {
        errno = -error;
        fail("oom-score");
    }
    if (setns(launch->fds[LAUNCH_NETWORK], CLONE_NEWNET) < 0) fail("enter-network");
    if (setns(launch->fds[LAUNCH_MOUNTS], CLONE_NEWNS) < 0) fail("enter-image");
    if (unshare(CLONE_NEWNS) < 0) fail("copy-mounts");
    if (sethostname("sandbox", 7) < 0 || setdomainname("", 0) < 0) fail("hostname");
    umask(0);
    const char *step = NULL;
    if (launch->fresh) {
        step = mounts_make_writable(open_request);
        if (!step) step = mounts_write_files(open_request->files, open_request->file_count, launch->uid);
    }
    /* The one of the command before: nobody is to see how many there were. */
    if (!launch->fresh && umount2("/proc", MNT_DETACH) < 0) fail("leave-proc");
    if (!step) step = mounts_make_proc();
    if (step) fail(step);
    if (launch->fresh) {
        int mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
        if (mounts < 0) fail("keep-mounts");
        send_descriptor(REPORT_MOUNTS, mounts);
        close(mounts);
        int folders = open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folders < 0) fail("keep-folders");
        send_descriptor(REPORT_FOLDERS, folders);
        close(folders);
    }
    if (!ephemeral) return;
    /* In one more copy: the namespace that is kept must not have these layers. */
    if (launch->fresh && unshare(CLONE_NEWNS) < 0) fail("copy-mounts");
    step = mounts_make_ephemeral(open_request);
    if (step) fail(step);
}

static bool keep_as(int fd, int number)
{
    return fd == number || dup3(fd, number, O_CLOEXEC) >= 0;
}

static void hide_arguments(void)
{
    if (own_arguments.size > 0) memset(own_arguments.text, 0, own_arguments.size);
}

void launch_init(const struct launch *launch)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "init");
    /* A fork server's are those of the program, which is yet to be forked. */
    if (!launch->server) hide_arguments();
    else report_fd = launch->server->report_fd;
    int reports = fcntl(launch->fds[LAUNCH_REPORT], F_DUPFD_CLOEXEC, 32);
    /* Only the descriptors of the launch go on, all above the standard ones; the report socket gets its place. */
    struct launch own = *launch;
    for (int i = 0; i < LAUNCH_FDS; i++) {
        own.fds[i] = fcntl(launch->fds[i], F_DUPFD_CLOEXEC, 40);
        if (own.fds[i] < 0) _exit(1);
    }
    if (reports < 0 || dup3(reports, report_fd, O_CLOEXEC) < 0) _exit(1);
    struct open_request open_request;
    struct run_request request;
    if (!parse_open(own.open_payload, own.open_size, &open_request) ||
        !parse_run(own.run_payload, own.run_size, &request)) {
        errno = EINVAL;
        fail("parse");
    }
    prepare(&own, &open_request, request.flags & RUN_EPHEMERAL);
    int controller = -1;
    char terminal[32] = "";
    if (request.flags & RUN_TTY) {
        const char *step = mounts_make_terminal(own.uid, &controller, terminal, sizeof terminal);
        if (step) fail(step);
        struct winsize size = {.ws_col = (unsigned short)request.cols, .ws_row = (unsigned short)request.rows};
        ioctl(controller, TIOCSWINSZ, &size);
        send_descriptor(REPORT_TERMINAL, controller);
    }
    bool parked = request.flags & RUN_PARKED;
    int park[2] = {-1, -1};
    if (parked && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, park) < 0) fail("park");
    uint64_t cpu_ns = own_cpu_ns();
    pid_t program = launch->server ? launch->server->fork() : fork();
    if (program < 0) fail("fork");
    if (parked && !keep_as(park[program == 0 ? 1 : 0], park_fd())) fail("park");
    if (program == 0) {
        run_program(&own, &request, terminal[0] ? terminal : NULL, cpu_ns);
        return;
    }
    if (launch->server) {
        hide_arguments();
        reset_signals();
    }
    close_range(0, (unsigned)report_fd - 1, 0);
    close_range((unsigned)report_fd + (parked ? 2 : 1), ~0u, 0);
    struct parked_release release;
    int region = -1;
    if (parked) {
        struct report waits = {.kind = REPORT_PARKED};
        report(&waits);
        if (launch->server) launch->server->while_waiting();
        const char *step = parked_await(report_fd, program, own.uid, open_request.file_system_bytes, &release,
                                        &region);
        if (step) fail(step);
    }
    bool released = false;
    if (request.flags & RUN_HELD) {
        const char *step = held_await_release(report_fd, program, own.uid, &released);
        if (step) fail(step);
    }
    /* A uid that no program has: nobody inside can signal this process or look into it. */
    if (privileges_become(own.uid + 65536) < 0) fail("drop-init-privileges");
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* forgotten when the uid changed */
    int error = region < 0 ? 0 : parked_hand_on(park_fd(), &release, region);
    if (error) {
        errno = -error;
        fail("hand-on");
    }
    if (parked) {
        close(park_fd());
        close(region);
    }
    if (released) {
        struct report done = {.kind = REPORT_RELEASED};
        report(&done);
    }
    if (launch->server && !parked) launch->server->while_waiting();
    int status = wait_for(program);
    struct report ended = {.kind = REPORT_ENDED, .status = status, .time_ns = now_ns()};
    report(&ended);
    _exit(0);
}

void launch_fail(const char *step)
{
    fail(step);
}

void launch_hand_over_terminal(int controller)
{
    send_descriptor(REPORT_TERMINAL, controller);
}

void launch_program(const struct launch *launch, const struct run_request *request, const char *terminal)
{
    run_program(launch, request, terminal, 0);
    _exit(1); /* only a fork server's program returns */
}
