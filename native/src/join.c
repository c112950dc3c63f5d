#include "join.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launch.h"
#include "passing.h"
#include "util.h"

/* All but the one for pids, in which it was born. */
#define NAMESPACES (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP)

static bool receive(int link, void *message, size_t size)
{
    ssize_t got;
    do got = recv(link, message, size, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)size;
}

void join_offer(int link)
{
    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    char offer = 0;
    /* Where nobody listens any more, the init process soon learns of it. */
    if (self >= 0) send_with_fds(link, &offer, sizeof offer, &self, 1);
    if (self >= 0) close(self);
}

int join_take_offer(int link)
{
    char offer;
    return receive_fd(link, &offer, sizeof offer);
}

bool join_let_in(int link, uint64_t init_cpu_ns)
{
    char here;
    return send(link, &init_cpu_ns, sizeof init_cpu_ns, MSG_NOSIGNAL) >= 0 && receive(link, &here, sizeof here);
}

bool join_enter(int link, int init, uint64_t *init_cpu_ns)
{
    if (!receive(link, init_cpu_ns, sizeof *init_cpu_ns)) return false;
    if (setns(init, NAMESPACES) < 0) {
        if (errno != ESRCH) log_line("a fork server's program cannot enter its sandbox (%s)", errno_name(errno));
        return false;
    }
    return true;
}

bool join_arrive(int link)
{
    /* The go-between has nothing left to do but end, and its maker to notice: it must count as a process no more. */
    while (getppid() != INIT_PID || kill(GO_BETWEEN_PID, 0) == 0) sched_yield();
    char here = 0;
    return send(link, &here, sizeof here, MSG_NOSIGNAL) >= 0;
}
