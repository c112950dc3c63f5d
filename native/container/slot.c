/*
 * The one slot of a container: the container itself. Its limits, namespaces and network were made by the engine;
 * what is left to do is to fork the program as another user, and to give up every privilege as soon as it runs.
 */
#include "container.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/image.h"
#include "../src/privileges.h"
#include "../src/request.h"
#include "../src/sandbox.h"
#include "../src/util.h"
#include "../src/standby.h"
#include "../src/uncharged.h"
#include "../src/warm.h"

/* The agent's own uid once a program runs: no program has it, in no container. */
#define AGENT_UID_OFFSET 65536u

static struct slot only = {.state = SLOT_READY};
static pid_t program = -1;
static int report_fd = -1;

void container_start(uid_t uid)
{
    only.uid = uid;
    only.netns.counter_fds[0] = open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC);
    only.netns.counter_fds[1] = open("/proc/self/net/snmp", O_RDONLY | O_CLOEXEC);
    only.netns.netlink_fd = open("/proc/self/net/netlink", O_RDONLY | O_CLOEXEC);
    container_counters_open();
}

uid_t container_uid(void)
{
    return only.uid;
}

struct slot *slot_take(void)
{
    if (only.state != SLOT_READY) return NULL;
    only.state = SLOT_TAKEN;
    return &only;
}

void slot_release(struct slot *slot)
{
    slot->state = SLOT_DIRTY;
}

void slot_close_later(struct slot *slot, int fd)
{
    (void)slot;
    close(fd);
}

int slot_refresh(struct slot *slot, uint64_t kept_bytes)
{
    (void)slot;
    (void)kept_bytes;
    return -EBUSY; /* a container runs one command */
}

int slot_reclaim(struct slot *slot, uint64_t kept_bytes)
{
    return slot_refresh(slot, kept_bytes);
}

bool slot_is_being_cleaned(const struct slot *slot)
{
    (void)slot;
    return false;
}

/* The root file system is the image. */
int image_namespace(struct bytes name)
{
    (void)name;
    return open("/", O_PATH | O_CLOEXEC);
}

/* Pipes made from here on belong to the program's user, who may then open them by name. */
int slot_cgroup_limit(struct slot_cgroup *group, const struct cgroup_limits *limits)
{
    (void)group;
    (void)limits;
    files_placed();
    container_write_as(only.uid);
    return 0;
}

void container_write_as(uid_t uid)
{
    setfsgid((gid_t)uid);
    setfsuid(uid);
}

/* From the engine's own devpts; owned by the program's user because the agent opens it under that name. */
static int open_terminal(uid_t uid, char *path, size_t size)
{
    container_write_as(uid);
    int controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    container_write_as(0);
    int unlock = 0, number = 0;
    if (controller < 0 || ioctl(controller, TIOCSPTLCK, &unlock) < 0 || ioctl(controller, TIOCGPTN, &number) < 0)
        launch_fail("open-terminal");
    snprintf(path, size, "/dev/pts/%d", number);
    return controller;
}

static void become_program(const struct launch *launch) __attribute__((noreturn));
static void become_program(const struct launch *launch)
{
    struct launch own = *launch;
    int report = fcntl(launch->fds[LAUNCH_REPORT], F_DUPFD_CLOEXEC, 32);
    for (int i = 0; i <= LAUNCH_REPORT; i++)
        if ((own.fds[i] = fcntl(launch->fds[i], F_DUPFD_CLOEXEC, 40)) < 0) _exit(1);
    if (report < 0 || dup3(report, LAUNCH_REPORT_FD, O_CLOEXEC) < 0) _exit(1);
    struct run_request request;
    if (!parse_run(own.run_payload, own.run_size, &request)) {
        errno = EINVAL;
        launch_fail("parse");
    }
    /* Programs are the first to go when memory is short, never the agent. */
    int error = write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", "1000");
    if (error) {
        errno = -error;
        launch_fail("oom-score");
    }
    char terminal[32] = "";
    if (request.flags & RUN_TTY) {
        int controller = open_terminal(own.uid, terminal, sizeof terminal);
        struct winsize size = {.ws_col = (unsigned short)request.cols, .ws_row = (unsigned short)request.rows};
        ioctl(controller, TIOCSWINSZ, &size);
        launch_hand_over_terminal(controller);
    }
    /*
     * The engine's devpts takes as many terminals as the machine has. From here on only root may make one, and the
     * program is not; where the engine has none, or a kernel of its own that keeps it, nothing is lost.
     */
    if (chmod("/dev/pts/ptmx", 0600) < 0) errno = 0;
    if (request.flags & RUN_TTY) container_write_as(own.uid); /* for opening the other side, which is this user's */
    launch_program(&own, &request, terminal[0] ? terminal : NULL, 0);
}

/* The agent counts by itself: its CPU time is the container's, and is nobody else's loss. */
bool uncharged_count(struct slot *slot)
{
    (void)slot;
    uint64_t bytes = uncharged_socket_bytes(container_charges_sockets());
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes && bytes <= UNCHARGED_MAX_BYTES && (entry = readdir(processes))) {
        long pid = strtol(entry->d_name, NULL, 10);
        if (pid > 1) bytes += uncharged_lock_bytes((pid_t)pid);
    }
    if (processes) closedir(processes);
    return bytes > UNCHARGED_MAX_BYTES;
}

/* It is counted inline. */
void uncharged_count_end(struct slot *slot)
{
    (void)slot;
}

/*
 * From here on nothing in the container is root or has a capability. The effective uid is the program's, so that the
 * agent may signal it and read its files; the real and saved ones are the agent's alone, so that the program may do
 * neither to the agent.
 */
static int drop_privileges(uid_t uid)
{
    uid_t own = uid + AGENT_UID_OFFSET;
    if (setgroups(0, NULL) < 0 || setresgid((gid_t)own, (gid_t)uid, (gid_t)own) < 0) return -errno;
    if (setresuid(own, uid, own) < 0) return -errno;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

int slot_launch(struct slot *slot, struct launch *launch)
{
    container_write_as(0);
    launch->uid = slot->uid;
    report_fd = fcntl(launch->fds[LAUNCH_REPORT], F_DUPFD_CLOEXEC, 3);
    if (report_fd < 0) return -errno;
    container_counters_begin();
    program = fork();
    if (program == 0) become_program(launch);
    if (program < 0) return -errno;
    int error = drop_privileges(slot->uid);
    if (error) {
        kill(program, SIGKILL);
        return error;
    }
    sandbox_slot_callbacks.launched(slot, program);
    return 0;
}

void slot_cgroup_kill(const struct slot_cgroup *group)
{
    (void)group;
    /* All there are but process 1, which is the agent. Before the program runs there are none. */
    if (program > 0) kill(-1, SIGKILL);
}

/* Everything goes with the program, and is gone before anybody is told of its end. */
static void end_all(void)
{
    do slot_cgroup_kill(NULL);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR);
}

void container_reap(void)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid <= 0) return;
        if (pid != program) continue;
        struct report ended = {.kind = REPORT_ENDED, .status = status, .time_ns = now_ns()};
        end_all();
        container_counters_end();
        send(report_fd, &ended, sizeof ended, MSG_NOSIGNAL);
        close(report_fd);
        program = -1;
        sandbox_reaped(pid);
        return;
    }
}

bool container_runs(void)
{
    return program > 0;
}

void container_end_for_memory(void)
{
    sandbox_slot_callbacks.out_of_memory(&only);
}

/* A container serves one execution, and is itself what was started ahead: no fork servers in it. */
bool warm_launch(struct slot *slot, struct launch *launch, struct bytes image, const struct run_request *request)
{
    (void)slot;
    (void)launch;
    (void)image;
    (void)request;
    return false;
}

void warm_made(struct slot *slot)
{
    (void)slot;
}

void warm_leave(struct slot *slot)
{
    (void)slot;
}

uint64_t warm_would_share(const struct slot *slot, struct bytes image, const struct run_request *request)
{
    (void)slot;
    (void)image;
    (void)request;
    return 0;
}

struct sandbox *standby_take(const struct open_request *open, const struct run_request *run)
{
    (void)open;
    (void)run;
    return NULL;
}

void standby_forget(const struct sandbox *sandbox)
{
    (void)sandbox;
}

int slot_share(struct slot *slot, const struct launch *launch)
{
    (void)slot;
    (void)launch;
    return -ENOSYS;
}
