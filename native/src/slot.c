#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "passing.h"
#include "privileges.h"
#include "protocol.h"
#include "util.h"

/* Address space, not memory: pages exist once they are written, and are given back after a large execution. */
#define REGION_BYTES ((size_t)FRAME_MAX_PAYLOAD)
#define FIRST_RETRY_NS 1000000u
#define LONGEST_RETRY_NS 1000000000u
#define RETRIES_BEFORE_COMPLAINT 8u

static struct {
    struct slot *all;
    unsigned count;
    struct slot_callbacks on;
} slots;

static pid_t clone_init(unsigned long flags, const struct launch *launch)
{
    /* The legacy call: a stack of NULL copies the caller's, as fork does. CLONE_PARENT makes the supervisor the parent. */
    pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0);
    if (pid == 0) launch_init(launch);
    return pid < 0 ? -errno : pid;
}

static pid_t clone_init_into(int cgroup_fd, const struct launch *launch)
{
    struct clone_args args = {.flags = CLONE_INTO_CGROUP | (unsigned long long)(LAUNCH_NAMESPACES),
                              .exit_signal = SIGCHLD,
                              .cgroup = (unsigned long long)cgroup_fd};
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0) {
        /* As a keeper has done. Before a fork server learns of it, which could not enter a mightier process. */
        if (privileges_keep(INIT_RIGHTS)) _exit(1);
        launch_init(launch);
    }
    return pid < 0 ? -errno : pid;
}

/* The keeper's life: receive a launch, fork it, tell the pid. It ends when the supervisor's side of `fd` closes. */
static void keep(int fd) __attribute__((noreturn));
static void keep(int fd)
{
    for (;;) {
        struct launch launch;
        int fds[PASSING_MAX_FDS];
        unsigned fd_count;
        if (receive_with_fds(fd, &launch, sizeof launch, fds, &fd_count) != (ssize_t)sizeof launch) _exit(0);
        if (fd_count != launch_fd_count(&launch)) _exit(1);
        memcpy(launch.fds, fds, fd_count * sizeof *fds);
        int32_t pid = clone_init(CLONE_PARENT | LAUNCH_NAMESPACES, &launch);
        for (unsigned i = 0; i < fd_count; i++) close(fds[i]);
        if (send(fd, &pid, sizeof pid, MSG_NOSIGNAL) < 0) _exit(0);
    }
}

static void make_ready(struct slot *slot)
{
    slot->state = SLOT_READY;
    slot->was_ready = true;
    slot->retries = 0;
    if (slots.on.ready) slots.on.ready();
}

static void give_up_for_now(struct slot *slot, int error)
{
    if (++slot->retries == RETRIES_BEFORE_COMPLAINT)
        log_line("slot %u cannot be proven clean (%s); it stays out of use until it is", slot->index, errno_name(-error));
    uint64_t pause = slot->retries < 10 ? (uint64_t)FIRST_RETRY_NS << slot->retries : LONGEST_RETRY_NS;
    slot->retry_at_ns = now_ns() + pause;
    slot_cgroup_kill(&slot->cgroup);
}

/* The keeper lives in the slot's groups from here on, or cannot. */
static void keeper_joined(struct slot *slot, int error)
{
    if (error) {
        errno = -error;
        if (!slot->was_ready) die("slot %u cannot be made: step keeper", slot->index);
        log_line("the keeper of slot %u cannot enter its groups (%s)", slot->index, errno_name(-error));
        if (slot->state == SLOT_DIRTY) give_up_for_now(slot, error);
        return; /* it ends, and another is started */
    }
    slot->keeper_has_joined = true;
}

static void keeper_ready(struct watch *watch, uint32_t events)
{
    (void)events;
    struct slot *slot = watch->owner;
    int32_t pid;
    ssize_t got = recv(watch->fd, &pid, sizeof pid, MSG_DONTWAIT);
    if (got == (ssize_t)sizeof pid && !slot->keeper_has_joined) {
        keeper_joined(slot, pid);
    } else if (got == (ssize_t)sizeof pid) {
        slots.on.launched(slot, pid);
    } else if (got == 0) {
        watch_close(watch); /* the keeper is gone; slot_reaped sees to the rest */
    }
}

static int start_keeper(struct slot *slot)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return -errno;
    pid_t supervisor = getpid();
    /* Each keeper inherits its own slot's region and no other's. */
    madvise(slot->region, REGION_BYTES, MADV_DOFORK);
    slot->keeper = fork();
    if (slot->keeper != 0) madvise(slot->region, REGION_BYTES, MADV_DONTFORK);
    if (slot->keeper == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != supervisor) _exit(1);
        prctl(PR_SET_NAME, "codeexec-keeper");
        /*
         * The program goes first when memory is short: a launch raises its own score before anything else. Lowering
         * this one's needs CAP_SYS_RESOURCE, which containers may lack.
         */
        write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", "-1000");
        int32_t error = slot_cgroup_join(&slot->cgroup);
        if (!error) error = privileges_keep(INIT_RIGHTS);
        if (send(pair[1], &error, sizeof error, MSG_NOSIGNAL) < 0 || error) _exit(1);
        int own = 3;
        if (pair[1] != own && dup3(pair[1], own, O_CLOEXEC) < 0) _exit(1);
        close_range(4, ~0u, 0);
        keep(own);
    }
    int error = slot->keeper < 0 ? -errno : 0;
    close(pair[1]);
    if (error) {
        slot->keeper = 0;
        close(pair[0]);
        return error;
    }
    slot->keeper_has_joined = false;
    watch_add(&slot->keeper_socket, pair[0], EPOLLIN, keeper_ready, slot);
    return 0;
}

static void oom_ready(struct watch *watch, uint32_t events)
{
    (void)events;
    struct slot *slot = watch->owner;
    uint64_t count = 0;
    if (slot->cleaning.under_way && cgroup_version() == 2) return;
    /* On v2 the kernel announces every change of the file, of which only kills count. */
    if (cgroup_version() == 1 ? read(watch->fd, &count, sizeof count) > 0 : slot_cgroup_oom_kills(&slot->cgroup) > 0)
        slots.on.out_of_memory(slot);
}

static void watch_memory(struct slot *slot)
{
    int fd = slot->cgroup.oom_event_fd;
    slot->cgroup.oom_event_fd = -1; /* the watch owns it from here on */
    if (cgroup_version() == 2) read_keyed_number(fd, "oom_kill"); /* arms the announcement of changes */
    watch_add(&slot->oom, fd, cgroup_version() == 1 ? EPOLLIN : EPOLLPRI, oom_ready, slot);
}

static int make_region(struct slot *slot)
{
    slot->region_fd = memfd_create("region", MFD_CLOEXEC);
    if (slot->region_fd < 0 || ftruncate(slot->region_fd, (off_t)REGION_BYTES) < 0) return -errno;
    void *region =
        mmap(NULL, REGION_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, slot->region_fd, 0);
    if (region == MAP_FAILED) return -errno;
    slot->region = region;
    return 0;
}

static void make(struct slot *slot)
{
    const char *step = "";
    int error = slot_cgroup_make(&slot->cgroup, slot->index, &step);
    if (!error) {
        step = "network-namespace";
        error = netns_make(&slot->netns);
    }
    if (!error && cgroup_version() == 1) {
        step = "shared-region";
        error = make_region(slot);
        if (!error) {
            step = "keeper";
            error = start_keeper(slot);
        }
    }
    if (error) {
        errno = -error;
        die("slot %u cannot be made: step %s", slot->index, step);
    }
    watch_memory(slot);
    slot->state = SLOT_DIRTY;
}

void slots_start(unsigned count, uid_t first_uid, const struct slot_callbacks *callbacks)
{
    slots.all = checked_alloc(count * sizeof *slots.all);
    slots.count = count;
    slots.on = *callbacks;
    for (unsigned i = 0; i < count; i++) {
        struct slot *slot = &slots.all[i];
        slot->index = i;
        slot->uid = first_uid + i;
        slot->oom.fd = slot->keeper_socket.fd = slot->region_fd = -1;
        make(slot);
    }
    background_start();
    slots_clean();
}

void slots_stop(void)
{
    background_stop();
    for (unsigned i = 0; i < slots.count; i++) {
        struct slot *slot = &slots.all[i];
        watch_close(&slot->keeper_socket);
        if (slot->keeper > 0) waitpid(slot->keeper, NULL, 0);
        watch_close(&slot->oom);
        slot_cgroup_remove(&slot->cgroup);
        netns_close(&slot->netns);
        if (slot->region) munmap(slot->region, REGION_BYTES);
        if (slot->region_fd >= 0) close(slot->region_fd);
    }
    free(slots.all);
    slots.all = NULL;
    slots.count = 0;
}

struct slot *slot_take(void)
{
    for (unsigned i = 0; i < slots.count; i++)
        if (slots.all[i].state == SLOT_READY) {
            slots.all[i].state = SLOT_TAKEN;
            return &slots.all[i];
        }
    return NULL;
}

struct slot *slot_at(unsigned index)
{
    return &slots.all[index];
}

unsigned slots_count(void)
{
    return slots.count;
}

unsigned slots_ready(void)
{
    unsigned ready = 0;
    for (unsigned i = 0; i < slots.count; i++) ready += slots.all[i].state == SLOT_READY;
    return ready;
}

struct slot *slot_take_ready(unsigned index)
{
    if (index >= slots.count || slots.all[index].state != SLOT_READY) return NULL;
    slots.all[index].state = SLOT_TAKEN;
    return &slots.all[index];
}

void slot_release(struct slot *slot)
{
    slot->user = NULL;
    slot->state = SLOT_DIRTY;
    slot->awaits_keeper = false;
    slot->retries = 0;
    slot->retry_at_ns = 0;
}

void slot_close_later(struct slot *slot, int fd)
{
    slot->to_close[slot->to_close_count++] = fd;
}

bool slot_is_being_cleaned(const struct slot *slot)
{
    return slot->cleaning.under_way || slot->awaits_keeper;
}

int slot_share(struct slot *slot, const struct launch *launch)
{
    if (!slot->region) {
        int error = make_region(slot);
        if (error) return error;
        /* On v2 every init process is a fork of this one; each shall see its own slot's only. */
        madvise(slot->region, REGION_BYTES, MADV_DONTFORK);
    }
    if (launch->open_size + launch->run_size > REGION_BYTES) return -E2BIG;
    if (slot->region_used < launch->open_size + launch->run_size)
        slot->region_used = launch->open_size + launch->run_size;
    memcpy(slot->region, launch->open_payload, launch->open_size);
    memcpy(slot->region + launch->open_size, launch->run_payload, launch->run_size);
    return 0;
}

static int launch_by_keeper(struct slot *slot, struct launch *launch)
{
    if (slot->keeper_socket.fd < 0) return -ECHILD;
    int error = slot_share(slot, launch);
    if (error) return error;
    struct launch shared = *launch;
    shared.other_end = -1;
    shared.open_payload = slot->region;
    shared.run_payload = slot->region + launch->open_size;
    return send_with_fds(slot->keeper_socket.fd, &shared, sizeof shared, launch->fds, launch_fd_count(launch));
}

int slot_launch(struct slot *slot, struct launch *launch)
{
    slot->from_server = false;
    launch->uid = slot->uid;
    launch->fds[LAUNCH_NETWORK] = slot->netns.fd;
    slot_cgroup_begin(&slot->cgroup);
    if (cgroup_version() == 1) return launch_by_keeper(slot, launch);
    pid_t pid = clone_init_into(slot->cgroup.dir_fd, launch);
    if (pid < 0) return pid;
    slots.on.launched(slot, pid);
    return 0;
}

static void cleaned(struct slot *slot);

static void begin(struct slot *slot, enum cleaning_kind kind)
{
    /* What it announces is of a group that is about to go. */
    if (cgroup_version() == 2) watch_close(&slot->oom);
    while (slot->to_close_count > 0)
        slot->cleaning.fds[slot->cleaning.fd_count++] = slot->to_close[--slot->to_close_count];
    cleaning_begin(slot, kind, cleaned);
}

/* v1: makes another group, in which other processes of ours will live. */
static void replace_group(struct slot *slot)
{
    watch_close(&slot->keeper_socket); /* at which it ends */
    slot->former_keeper = slot->keeper;
    slot->keeper = 0;
    slot->keeper_has_joined = false;
    slots.on.group_leaves(slot);
    watch_close(&slot->oom);
    begin(slot, CLEANING_OF_GROUP);
}

static void group_made(struct slot *slot, int error)
{
    bool taken = slot->state == SLOT_TAKEN;
    if (!error) error = start_keeper(slot);
    if (!error) slot->awaits_keeper = taken;
    else if (taken) slots.on.refreshed(slot, error);
    else give_up_for_now(slot, error);
}

static void cleaned(struct slot *slot)
{
    const struct cleaning *cleaning = &slot->cleaning;
    int error = cleaning->error;
    if (slot->oom.fd < 0 && slot->cgroup.oom_event_fd >= 0) watch_memory(slot);
    if (cleaning->kind == CLEANING_OF_GROUP) group_made(slot, error);
    else if (error == -ESTALE) replace_group(slot);
    else if (slot->state == SLOT_TAKEN) slots.on.refreshed(slot, error);
    else if (cleaning->kind == CLEANING_BETWEEN_COMMANDS) return; /* whoever waited for it has left */
    else if (error) give_up_for_now(slot, error);
    else if (cgroup_version() == 2 || slot->keeper_has_joined) make_ready(slot);
}

int slot_refresh(struct slot *slot, uint64_t kept_bytes)
{
    slot->cleaning.kept_bytes = kept_bytes;
    /* The first look is cheap, and nearly always enough. */
    if (cgroup_version() == 1 && netns_untouched(&slot->netns) && !slot_cgroup_sockets_left(&slot->cgroup) &&
        slot_cgroup_renew(&slot->cgroup, kept_bytes, false) == 0)
        return 0;
    begin(slot, CLEANING_BETWEEN_COMMANDS);
    return -EINPROGRESS;
}

int slot_reclaim(struct slot *slot, uint64_t kept_bytes)
{
    slot->cleaning.kept_bytes = kept_bytes;
    slot->cleaning.reclaims_at_once = true;
    begin(slot, CLEANING_BETWEEN_COMMANDS);
    return -EINPROGRESS;
}

/* The next step of a slot that is out of use. On v1 it has a keeper before it is proven clean. */
static void tend(struct slot *slot)
{
    if (cgroup_version() == 1 && slot->keeper == 0) {
        int error = start_keeper(slot);
        if (error) give_up_for_now(slot, error);
    }
    if (cgroup_version() == 1 && !slot->keeper_has_joined) return; /* it will say so */
    slot->cleaning.kept_bytes = 0;
    begin(slot, CLEANING_AFTER_USE);
}

uint64_t slots_clean(void)
{
    uint64_t again = UINT64_MAX;
    for (unsigned i = 0; i < slots.count; i++) {
        struct slot *slot = &slots.all[i];
        if (slot->awaits_keeper && slot->keeper_has_joined) {
            slot->awaits_keeper = false;
            begin(slot, CLEANING_BETWEEN_COMMANDS);
        }
        if (slot->state != SLOT_DIRTY || slot->cleaning.under_way) continue;
        if (slot->retry_at_ns == 0 || now_ns() >= slot->retry_at_ns) {
            slot->retry_at_ns = 0;
            tend(slot);
        }
        if (slot->retry_at_ns && slot->retry_at_ns < again) again = slot->retry_at_ns;
    }
    return again;
}

void slots_hear_keepers(void)
{
    for (unsigned i = 0; i < slots.count; i++)
        if (slots.all[i].keeper_socket.fd >= 0 && slots.all[i].state == SLOT_TAKEN)
            keeper_ready(&slots.all[i].keeper_socket, 0);
}

bool slot_reaped(pid_t pid)
{
    for (unsigned i = 0; i < slots.count; i++) {
        struct slot *slot = &slots.all[i];
        if (slot->former_keeper == pid) {
            slot->former_keeper = 0;
            return true;
        }
        if (slot->keeper != pid) continue;
        log_line("the keeper of slot %u has died", i);
        slot->keeper = 0;
        slot->keeper_has_joined = false;
        if (slot->awaits_keeper) {
            slot->awaits_keeper = false;
            slots.on.refreshed(slot, -ECHILD);
        } else if (slot->state == SLOT_TAKEN) slots.on.launched(slot, -ECHILD);
        else if (slot->state == SLOT_READY) slot_release(slot);
        return true;
    }
    return false;
}
