#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privileges.h"
#include "util.h"

#define SERVICE_FD 3
#define NAME_BYTES (sizeof((struct sockaddr_un *)0)->sun_path - 1)

enum watched { SERVICE, CHILDREN, CONNECTIONS, WATCHED };

static struct {
    struct pollfd fds[WATCHED];
    int listener;
    pid_t service, supervisor; /* 0: none */
} guard;

/*
 * An abstract name: there is no file to be left behind. It fills its place, since some versions of Node connect to
 * names of that length only.
 */
static int listen_for_service(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *name = address.sun_path + 1;
    uint8_t random[NAME_BYTES];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) die("the guard has no name");
    for (unsigned i = 0; i < NAME_BYTES; i++) name[i] = (char)('a' + random[i] % 26);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4) < 0)
        die("the guard cannot listen");
    if (dprintf(SERVICE_FD, "%.*s\n", (int)NAME_BYTES, name) < 0) _exit(1);
    return listener;
}

/* False for anybody but the service itself; other processes of its user are refused too. */
static bool is_from_service(int connection)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == guard.service;
}

/* Returns true in the supervisor. */
static bool start_supervisor(void)
{
    int connection = accept4(guard.listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) return false;
    if (is_from_service(connection)) {
        pid_t self = getpid();
        guard.supervisor = fork();
        if (guard.supervisor == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != self || dup3(connection, SERVICE_FD, O_CLOEXEC) < 0) _exit(1);
            return true;
        }
        if (guard.supervisor < 0) {
            log_line("the guard cannot start a supervisor (%s)", errno_name(errno));
            guard.supervisor = 0;
        }
    }
    close(connection);
    return false;
}

/* In the pipe that the supervisor's own messages took, so that it comes after them. */
static void reap(void)
{
    struct signalfd_siginfo signal;
    while (read(guard.fds[CHILDREN].fd, &signal, sizeof signal) == (ssize_t)sizeof signal) {}
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != guard.supervisor) continue;
        guard.supervisor = 0;
        if (WIFSIGNALED(status)) dprintf(STDERR_FILENO, "codeexec-guard: signal %d\n", WTERMSIG(status));
        else dprintf(STDERR_FILENO, "codeexec-guard: exit %d\n", WEXITSTATUS(status));
    }
}

/* Its supervisor reads the end of its own socket, and takes its sandboxes and control groups along. */
static void end_with_supervisor(void) __attribute__((noreturn));
static void end_with_supervisor(void)
{
    if (guard.supervisor > 0) waitpid(guard.supervisor, NULL, 0);
    _exit(0);
}

static void hear_service(void)
{
    char order;
    ssize_t got = read(SERVICE_FD, &order, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) end_with_supervisor();
    if (order == GUARD_KILL && guard.supervisor > 0) kill(guard.supervisor, SIGKILL);
}

void guard_run(void)
{
    prctl(PR_SET_NAME, "codeexec-guard");
    guard.service = getppid();
    int error = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : privileges_bound(GUARD_RIGHTS);
    if (!error) error = privileges_keep(GUARD_RIGHTS);
    if (error) {
        errno = -error;
        die("privileges cannot be limited");
    }
    guard.listener = listen_for_service();
    guard.fds[SERVICE] = (struct pollfd){.fd = SERVICE_FD, .events = POLLIN};
    /* The service says when it ends; whoever signals all of its processes shall not take away its supervisor. */
    guard.fds[CHILDREN] = (struct pollfd){.fd = signals_open(), .events = POLLIN};
    for (;;) {
        guard.fds[CONNECTIONS] = (struct pollfd){.fd = guard.supervisor ? -1 : guard.listener, .events = POLLIN};
        if (poll(guard.fds, WATCHED, -1) < 0) continue;
        if (guard.fds[CHILDREN].revents) reap();
        if (guard.fds[SERVICE].revents) hear_service();
        if (!guard.supervisor && guard.fds[CONNECTIONS].revents && start_supervisor()) break;
    }
    close_range(SERVICE_FD + 1, ~0u, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
