#include "spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec.h"
#include "passing.h"
#include "privileges.h"
#include "util.h"
#include "warm_protocol.h"

#define SPAWNER_SOCKET_FD 3
#define SPAWNER_LIBRARY_FD 4
#define MAX_TEXT_BYTES 65536u
#define MAX_STRINGS 512u

struct header {
    uint32_t argument_count, variable_count;
};

enum spawn_fd { SPAWN_IMAGE, SPAWN_CONTROL, SPAWN_BOOT, SPAWN_FDS };

static struct {
    pid_t pid;
    int socket;
} spawner = {.pid = -1, .socket = -1};

bool spawner_available(void)
{
    return spawner.socket >= 0;
}

/* In the interpreter to be: a place for the library, and /proc, from which runtimes learn the size of their stack. */
static const char *furnish(int image_namespace, const char *entry)
{
    if (setns(image_namespace, CLONE_NEWNS) < 0) return "enter-image";
    if (unshare(CLONE_NEWNS) < 0) return "copy-mounts";
    if (mount("warm", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700,size=4m") < 0) return "mount-library";
    struct stat library;
    int copy = open(WARM_LIBRARY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
    off_t at = 0;
    if (copy < 0 || fstat(SPAWNER_LIBRARY_FD, &library) < 0 ||
        sendfile(copy, SPAWNER_LIBRARY_FD, &at, (size_t)library.st_size) != library.st_size)
        return "copy-library";
    close(copy);
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) return "mount-proc";
    /* Something in the program's place, for interpreters that open it before they do anything else. */
    if (mount("box", "/box", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=64k") < 0) return "mount-box";
    int program = open(entry, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (program < 0 || write(program, "\n", 1) != 1) return "make-entry";
    close(program);
    return chdir("/box") < 0 ? "enter-folder" : NULL;
}

/* Pipes, as a program's streams are, that nobody ever writes to or reads from; errors go where the supervisor's go. */
static const char *take_streams(const int *fds)
{
    int input[2], output[2];
    if (pipe(input) < 0 || pipe(output) < 0) return "streams";
    const int moves[][2] = {{fds[SPAWN_CONTROL], WARM_CONTROL_FD}, {fds[SPAWN_BOOT], WARM_BOOT_FD},
                            {input[1], WARM_STDIN_FD},             {output[0], WARM_STDOUT_FD},
                            {input[0], STDIN_FILENO},              {output[1], STDOUT_FILENO}};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (dup2(moves[i][0], moves[i][1]) < 0) return "streams";
    if (close_range(3, WARM_CONTROL_FD - 1, 0) < 0 || close_range(WARM_STDOUT_FD + 1, ~0u, 0) < 0) return "streams";
    return NULL;
}

static void become_interpreter(const int *fds, const struct header *header, char *text, const char *end)
    __attribute__((noreturn));
static void become_interpreter(const int *fds, const struct header *header, char *text, const char *end)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char *arguments[MAX_STRINGS + 1] = {NULL}, *environment[MAX_STRINGS + 2] = {NULL};
    static char preload[] = "LD_PRELOAD=" WARM_LIBRARY;
    for (unsigned i = 0; i < header->argument_count + header->variable_count && text < end; i++) {
        if (i < header->argument_count) arguments[i] = text;
        else environment[i - header->argument_count] = text;
        text += strlen(text) + 1;
    }
    /* The last, so that taking it away again leaves the others as they were. */
    environment[header->variable_count] = preload;
    struct warm_boot boot = {0};
    const char *step = pread(fds[SPAWN_BOOT], &boot, sizeof boot, 0) == (ssize_t)sizeof boot ? NULL : "read-boot";
    if (!step) step = furnish(fds[SPAWN_IMAGE], boot.entry);
    if (!step) step = take_streams(fds);
    if (!step) {
        umask(022);
        reset_signals();
        /* Runtimes look at the size of their stack once, when they start. */
        int error = rlimits_apply(UINT64_MAX, boot.stack_bytes);
        if (error) errno = -error;
        else execute(arguments, environment);
        step = "exec";
    }
    log_line("the interpreter of a fork server cannot be started: step %s (%s)", step, errno_name(errno));
    _exit(1);
}

static void serve(void) __attribute__((noreturn));
static void serve(void)
{
    static struct {
        struct header header;
        char text[MAX_TEXT_BYTES];
    } message;
    for (;;) {
        int fds[PASSING_MAX_FDS];
        unsigned fd_count;
        ssize_t got = receive_with_fds(SPAWNER_SOCKET_FD, &message, sizeof message - 1, fds, &fd_count);
        if (got < (ssize_t)sizeof message.header || fd_count != SPAWN_FDS) _exit(0);
        if (message.header.argument_count + message.header.variable_count > MAX_STRINGS) _exit(1);
        size_t size = (size_t)got - sizeof message.header;
        message.text[size] = 0;
        /* The supervisor's child, not ours: it waits for it, and the parent-death signal means it. */
        int32_t pid = (int32_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);
        if (pid == 0) become_interpreter(fds, &message.header, message.text, message.text + size);
        if (pid < 0) pid = -errno;
        for (unsigned i = 0; i < fd_count; i++) close(fds[i]);
        if (send(SPAWNER_SOCKET_FD, &pid, sizeof pid, MSG_NOSIGNAL) < 0) _exit(0);
    }
}

static int open_library(void)
{
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - sizeof "codeexec-warm.so" - 1);
    if (size <= 0) return -1;
    path[size] = 0;
    char *name = strrchr(path, '/');
    if (!name) return -1;
    memcpy(name + 1, "codeexec-warm.so", sizeof "codeexec-warm.so");
    return open(path, O_RDONLY | O_CLOEXEC);
}

void spawner_start(void)
{
    int pair[2], library = open_library();
    if (library < 0) {
        log_line("codeexec-warm.so is not beside the supervisor; programs are started without fork servers");
        return;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) die("socketpair");
    pid_t supervisor = getpid();
    spawner.pid = fork();
    if (spawner.pid < 0) die("fork");
    if (spawner.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != supervisor) _exit(1);
        prctl(PR_SET_NAME, "codeexec-spawn");
        int socket = fcntl(pair[1], F_DUPFD_CLOEXEC, 16);
        int file = fcntl(library, F_DUPFD_CLOEXEC, 16);
        if (socket < 0 || file < 0 || dup3(socket, SPAWNER_SOCKET_FD, O_CLOEXEC) < 0 ||
            dup3(file, SPAWNER_LIBRARY_FD, O_CLOEXEC) < 0)
            _exit(1);
        close_range(SPAWNER_LIBRARY_FD + 1, ~0u, 0);
        /* Its interpreters go last where their cgroup is short of memory, as keepers do; they inherit it. */
        write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", "-1000");
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || privileges_bound(ZYGOTE_LAUNCHER_RIGHTS) ||
            privileges_keep(ZYGOTE_LAUNCHER_RIGHTS))
            _exit(1);
        serve();
    }
    close(pair[1]);
    close(library);
    spawner.socket = pair[0];
}

pid_t spawner_spawn(int image_namespace, int control_fd, int boot_fd, const struct spawn_strings *strings)
{
    if (spawner.socket < 0) return -ECHILD;
    if (strings->size > MAX_TEXT_BYTES - 1 || strings->argument_count + strings->variable_count > MAX_STRINGS)
        return -E2BIG;
    size_t size = sizeof(struct header) + strings->size;
    char *message = checked_alloc(size);
    struct header header = {strings->argument_count, strings->variable_count};
    memcpy(message, &header, sizeof header);
    memcpy(message + sizeof header, strings->text, strings->size);
    int fds[SPAWN_FDS] = {image_namespace, control_fd, boot_fd};
    int error = send_with_fds(spawner.socket, message, size, fds, SPAWN_FDS);
    free(message);
    int32_t pid = -ECHILD;
    if (error) return error;
    /* A fork of a small process; nobody waits longer for it than for any other turn of the loop. */
    if (recv(spawner.socket, &pid, sizeof pid, 0) != (ssize_t)sizeof pid) return -ECHILD;
    return pid;
}

bool spawner_reaped(pid_t pid)
{
    if (pid != spawner.pid) return false;
    log_line("the spawner of fork servers has died; programs are started without them");
    close(spawner.socket);
    spawner.socket = -1;
    spawner.pid = -1;
    return true;
}

void spawner_stop(void)
{
    if (spawner.socket >= 0) close(spawner.socket);
    if (spawner.pid > 0) waitpid(spawner.pid, NULL, 0);
    spawner.socket = -1;
    spawner.pid = -1;
}
