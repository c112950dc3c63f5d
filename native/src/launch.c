#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "held.h"
#include "init_filter.h"
#include "join.h"
#include "launch_parts.h"
#include "mounts.h"
#include "parked.h"
#include "passing.h"
#include "privileges.h"
#include "util.h"

static struct {
    char *text;
    size_t size;
} own_arguments;

void launch_hide_arguments(char *arguments, size_t size)
{
    own_arguments.text = arguments;
    own_arguments.size = size;
}

static void send_descriptor(enum report_kind kind, int descriptor)
{
    struct report message = {.kind = kind};
    if (send_with_fds(launch_report_fd, &message, sizeof message, &descriptor, 1) < 0) _exit(1);
}

/* Reaps everything until the program itself has ended. */
static int wait_for(pid_t program)
{
    for (;;) {
        int status;
        pid_t ended = wait4(-1, &status, 0, NULL);
        if (ended == program) return status;
        if (ended < 0 && errno != EINTR) launch_fail("wait");
    }
}

static void prepare(const struct launch *launch, const struct open_request *open_request, bool ephemeral)
{
    /* While the host's /proc is still in sight: programs are the first to go when memory is short. */
    int error = write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", "1000");
    if (error) {
        errno = -error;
        launch_fail("oom-score");
    }
    if (setns(launch->fds[LAUNCH_NETWORK], CLONE_NEWNET) < 0) launch_fail("enter-network");
    if (setns(launch->fds[LAUNCH_MOUNTS], CLONE_NEWNS) < 0) launch_fail("enter-image");
    if (unshare(CLONE_NEWNS) < 0) launch_fail("copy-mounts");
    if (sethostname("sandbox", 7) < 0 || setdomainname("", 0) < 0) launch_fail("hostname");
    umask(0);
    const char *step = NULL;
    if (launch->fresh) {
        step = mounts_make_writable(open_request);
        if (!step) step = mounts_write_files(open_request->files, open_request->file_count, launch->uid);
    }
    /* The one of the command before: nobody is to see how many there were. */
    if (!launch->fresh && umount2("/proc", MNT_DETACH) < 0) launch_fail("leave-proc");
    if (!step) step = mounts_make_proc();
    if (step) launch_fail(step);
    if (launch->fresh) {
        int mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
        if (mounts < 0) launch_fail("keep-mounts");
        send_descriptor(REPORT_MOUNTS, mounts);
        close(mounts);
        int folders = open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folders < 0) launch_fail("keep-folders");
        send_descriptor(REPORT_FOLDERS, folders);
        close(folders);
    }
    if (!ephemeral) return;
    /* In one more copy: the namespace that is kept must not have these layers. */
    if (launch->fresh && unshare(CLONE_NEWNS) < 0) launch_fail("copy-mounts");
    step = mounts_make_ephemeral(open_request);
    if (step) launch_fail(step);
}

unsigned launch_fd_count(const struct launch *launch)
{
    return launch->fds[LAUNCH_LINK] < 0 ? LAUNCH_LINK : LAUNCH_FDS;
}

static void hide_arguments(void)
{
    if (own_arguments.size > 0) memset(own_arguments.text, 0, own_arguments.size);
}

void launch_init(const struct launch *launch)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "init");
    hide_arguments();
    if (launch->other_end >= 0) close(launch->other_end);
    int reports = fcntl(launch->fds[LAUNCH_REPORT], F_DUPFD_CLOEXEC, 32);
    /* Only the descriptors of the launch go on, all above the standard ones; the report socket gets its place. */
    struct launch own = *launch;
    for (unsigned i = 0; i < launch_fd_count(launch); i++)
        if ((own.fds[i] = fcntl(launch->fds[i], F_DUPFD_CLOEXEC, LAUNCH_MOVED_FD)) < 0) _exit(1);
    bool linked = own.fds[LAUNCH_LINK] >= 0;
    if (linked) join_offer(own.fds[LAUNCH_LINK]);
    if (reports < 0 || dup3(reports, launch_report_fd, O_CLOEXEC) < 0) _exit(1);
    struct open_request open_request;
    struct run_request request;
    if (!parse_open(own.open_payload, own.open_size, &open_request) ||
        !parse_run(own.run_payload, own.run_size, &request)) {
        errno = EINVAL;
        launch_fail("parse");
    }
    prepare(&own, &open_request, request.flags & RUN_EPHEMERAL);
    int controller = -1;
    char terminal[32] = "";
    if (request.flags & RUN_TTY) {
        const char *step = mounts_make_terminal(own.uid, &controller, terminal, sizeof terminal);
        if (step) launch_fail(step);
        struct winsize size = {.ws_col = (unsigned short)request.cols, .ws_row = (unsigned short)request.rows};
        ioctl(controller, TIOCSWINSZ, &size);
        send_descriptor(REPORT_TERMINAL, controller);
    }
    bool parked = request.flags & RUN_PARKED;
    uint64_t cpu_ns = own_cpu_ns();
    pid_t program = PROGRAM_PID;
    if (!linked || !join_let_in(own.fds[LAUNCH_LINK], cpu_ns)) {
        int park[2] = {-1, -1};
        if (parked && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, park) < 0) launch_fail("park");
        program = fork();
        if (program < 0) launch_fail("fork");
        if (program == 0) {
            if (parked && !launch_keep_as(park[1], launch_park_fd())) launch_fail("park");
            launch_program(&own, &request, terminal[0] ? terminal : NULL, cpu_ns);
        }
        own.fds[LAUNCH_LINK] = park[0];
    }
    if (parked && !launch_keep_as(own.fds[LAUNCH_LINK], launch_park_fd())) launch_fail("park");
    close_range(0, (unsigned)launch_report_fd - 1, 0);
    close_range((unsigned)launch_report_fd + (parked ? 2 : 1), ~0u, 0);
    struct parked_release release;
    int region = -1;
    if (parked) {
        struct report waits = {.kind = REPORT_PARKED};
        launch_report(&waits);
        const char *step = parked_await(launch_report_fd, program, own.uid, open_request.file_system_bytes, &release,
                                        &region);
        if (step) launch_fail(step);
    }
    bool released = false;
    if (request.flags & RUN_HELD) {
        const char *step = held_await_release(launch_report_fd, program, own.uid, &released);
        if (step) launch_fail(step);
    }
    /* A uid that no program has: nobody inside can signal this process or look into it. */
    if (privileges_become(own.uid + 65536) < 0) launch_fail("drop-init-privileges");
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* forgotten when the uid changed */
    int error = region < 0 ? 0 : parked_hand_on(launch_park_fd(), &release, region);
    if (error) {
        errno = -error;
        launch_fail("hand-on");
    }
    if (parked) {
        close(launch_park_fd());
        close(region);
    }
    if (released) {
        struct report done = {.kind = REPORT_RELEASED};
        launch_report(&done);
    }
    error = init_filter_apply();
    if (error) {
        errno = -error;
        launch_fail("init-filter");
    }
    int status = wait_for(program);
    struct report ended = {.kind = REPORT_ENDED, .status = status, .time_ns = now_ns()};
    launch_report(&ended);
    _exit(0);
}

void launch_hand_over_terminal(int controller)
{
    send_descriptor(REPORT_TERMINAL, controller);
}

