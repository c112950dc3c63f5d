#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec.h"
#include "join.h"
#include "launch_parts.h"
#include "parked.h"
#include "privileges.h"
#include "seccomp_filter.h"
#include "util.h"

int launch_report_fd = LAUNCH_REPORT_FD;

void launch_report(const struct report *message)
{
    /* A supervisor that is gone takes its sandboxes along. */
    if (send(launch_report_fd, message, sizeof *message, MSG_NOSIGNAL) < 0) _exit(1);
}

void launch_fail(const char *step)
{
    struct report message = {.kind = REPORT_FAILED, .status = errno};
    snprintf(message.step, sizeof message.step, "%s", step);
    launch_report(&message);
    _exit(1);
}

int launch_park_fd(void)
{
    return launch_report_fd + 1;
}

bool launch_keep_as(int fd, int number)
{
    return fd == number || dup3(fd, number, O_CLOEXEC) >= 0;
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

/* All but the standard streams, the report socket, the one beside it, and what an interpreter opened for itself. */
static int close_others(const struct launch *launch, bool keep_park)
{
    int first = launch->server ? launch->server->own_fds : launch_report_fd;
    if (first < launch_report_fd && close_range((unsigned)first, (unsigned)launch_report_fd - 1, 0) < 0) return -1;
    return close_range((unsigned)launch_report_fd + (keep_park ? 2 : 1), ~0u, 0);
}

static void take_streams(const struct launch *launch, const char *terminal, bool keep_park)
{
    if (setsid() < 0) launch_fail("setsid");
    int streams[3] = {launch->fds[LAUNCH_STDIN], launch->fds[LAUNCH_STDOUT], launch->fds[LAUNCH_STDERR]};
    if (terminal) {
        int fd = open(terminal, O_RDWR | O_CLOEXEC);
        if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0) launch_fail("take-terminal");
        streams[0] = streams[1] = streams[2] = fd;
    }
    /* Above the range they move into, so that none overwrites another. */
    for (int i = 0; i < 3; i++)
        if ((streams[i] = fcntl(streams[i], F_DUPFD_CLOEXEC, 16)) < 0) launch_fail("move-streams");
    for (int i = 0; i < 3; i++)
        if (dup2(streams[i], i) < 0) launch_fail("move-streams");
    if (close_others(launch, keep_park) < 0) launch_fail("close-descriptors");
}

/* Returns only in a fork server's program. */
static void run_program(const struct launch *launch, const struct run_request *request, const char *terminal,
                        uint64_t init_cpu_ns)
{
    bool parked = request->flags & RUN_PARKED;
    take_streams(launch, terminal, parked || launch->server);
    umask(022);
    /* An interpreter has set its signals up, as a program's would by now. */
    if (!launch->server) reset_signals();
    int error = rlimits_apply(request->file_bytes, request->stack_bytes);
    if (launch->server) {
        if (!join_arrive(launch_park_fd())) _exit(1);
        if (!parked) close(launch_park_fd());
    }
    if (!error) error = privileges_become(launch->uid);
    /* What exec would do: without it, its own /proc would be closed to the program. */
    if (!error && launch->server && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0) error = -errno;
    if (error) {
        errno = -error;
        launch_fail("drop-privileges");
    }
    error = seccomp_apply();
    if (error) {
        errno = -error;
        launch_fail("seccomp");
    }
    struct parked_request taken = {.mapped_size = 0};
    if (parked) {
        if (launch->server) launch->server->while_parked();
        const char *step = parked_take(launch_park_fd(), &taken);
        if (step) launch_fail(step);
        request = &taken.request;
        init_cpu_ns = taken.init_cpu_ns;
    }
    char folder[4096];
    snprintf(folder, sizeof folder, "/box/%.*s", (int)request->cwd.size, (const char *)request->cwd.data);
    if (chdir(folder) < 0) launch_fail("enter-folder");
    struct report started = {.kind = REPORT_STARTED,
                             .status = launch->server != NULL,
                             .time_ns = now_ns(),
                             .cpu_ns = init_cpu_ns + own_cpu_ns()};
    if (launch->server) {
        launch_report(&started);
        close(launch_report_fd);
        launch->server->become(request);
        if (parked) munmap((void *)(uintptr_t)taken.mapped, taken.mapped_size);
        return;
    }
    char **arguments = vector_of(request->arguments, request->argument_count);
    char **environment = vector_of(request->variables, request->variable_count);
    launch_report(&started);
    execute(arguments, environment);
    launch_fail("exec");
}

void launch_program(const struct launch *launch, const struct run_request *request, const char *terminal,
                    uint64_t init_cpu_ns)
{
    run_program(launch, request, terminal, init_cpu_ns);
    _exit(1); /* only a fork server's program returns */
}

/* A program that ends before it has arrived has the init process fork another. */
void launch_join(const struct launch *launch, const int *fds)
{
    launch_report_fd = launch->server->report_fd;
    /* While the host's /proc is still in sight, as an init process does. */
    if (write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", "1000") < 0) _exit(1);
    int moved[JOIN_FDS];
    for (int i = 0; i < JOIN_FDS; i++)
        if ((moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, LAUNCH_MOVED_FD)) < 0) _exit(1);
    struct run_request request;
    uint64_t init_cpu_ns = 0;
    if (!parse_run(launch->run_payload, launch->run_size, &request) ||
        !launch_keep_as(moved[JOIN_REPORT], launch_report_fd) ||
        !launch_keep_as(moved[JOIN_LINK], launch_park_fd()) ||
        !join_enter(launch_park_fd(), moved[JOIN_INIT], &init_cpu_ns))
        _exit(1);
    struct launch own = *launch;
    own.fds[LAUNCH_STDIN] = moved[JOIN_STDIN];
    own.fds[LAUNCH_STDOUT] = moved[JOIN_STDOUT];
    own.fds[LAUNCH_STDERR] = moved[JOIN_STDERR];
    run_program(&own, &request, NULL, init_cpu_ns);
}
