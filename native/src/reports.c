#include "sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launch.h"
#include "util.h"
#include "warm.h"

static void take_terminal(struct sandbox *sandbox, int controller)
{
    struct command *command = &sandbox->command;
    int input = fcntl(controller, F_DUPFD_CLOEXEC, 3);
    fcntl(controller, F_SETFL, O_NONBLOCK);
    watch_add(&command->out.watch, controller, EPOLLIN, stream_out_ready, sandbox);
    if (input >= 0) watch_add(&command->input, input, 0, stream_input_ready, sandbox);
    stream_feed_input(sandbox);
}

static void begin_clocks(struct command *command, uint64_t now, uint64_t used_cpu_ns)
{
    command->started_ns = command->next_cpu_check_ns = command->activity_ns = now;
    command->preparation_cpu_ns = used_cpu_ns;
    for (unsigned i = 0; i < ACTIVITY_SAMPLES; i++) command->cpu_samples[i] = used_cpu_ns;
}

static void take_start(struct sandbox *sandbox, const struct report *report, pid_t sender)
{
    struct command *command = &sandbox->command;
    if (report->status) warm_made(sandbox->slot);
    else sandbox_is_plain(sandbox);
    if (command->request.flags & (RUN_INTERACTIVE | RUN_HELD) && sender > 0)
        command->program_fd = (int)syscall(SYS_pidfd_open, sender, 0);
    if (!command->held) begin_clocks(command, report->time_ns, report->cpu_ns);
    sandbox_send(EV_STARTED, sandbox->id);
}

/* From here on time counts. */
static void take_release(struct sandbox *sandbox)
{
    struct command *command = &sandbox->command;
    begin_clocks(command, now_ns(), slot_cgroup_cpu_ns(&sandbox->slot->cgroup));
    sandbox_send(EV_STARTED, sandbox->id);
    stream_feed_input(sandbox);
}

static void take_report(struct sandbox *sandbox, const struct report *report, pid_t sender, int descriptor)
{
    struct command *command = &sandbox->command;
    switch ((enum report_kind)report->kind) {
    case REPORT_FAILED:
        /* Not the platform's failure where the limit left no memory to start with. */
        if (report->status == ENOMEM && slot_cgroup_is_full(&sandbox->slot->cgroup))
            sandbox_stop(sandbox, STOP_MEMORY);
        else sandbox_fail(sandbox, report->step, report->status);
        return;
    case REPORT_STARTED:
        take_start(sandbox, report, sender);
        return;
    case REPORT_MOUNTS:
        sandbox->mount_namespace = descriptor;
        return;
    case REPORT_FOLDERS:
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

void sandbox_reports_ready(struct watch *watch, uint32_t ready)
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
