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
#include "protocol.h"
#include "util.h"

/* Address space, not memory: pages exist once they are written, and are given back after a large execution. */
#define REGION_BYTES ((size_t)FRAME_MAX_PAYLOAD)
#define REGION_KEEP_BYTES ((size_t)1 << 20)
#define RETRY_NS 1000000u
#define RETRIES_BEFORE_COMPLAINT 2000u
#define RETRIES_BEFORE_RECLAIM 20u
/* Between two commands of one sandbox somebody waits, and the rest of the supervisor with him. */
#define REFRESH_ATTEMPTS 50u
#define REFRESH_PAUSE_US 1000u

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
    if (pid == 0) launch_init(launch);
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

static void keeper_ready(struct watch *watch, uint32_t events)
{
    (void)events;
    struct slot *slot = watch->owner;
    int32_t pid;
    ssize_t got = recv(watch->fd, &pid, sizeof pid, MSG_DONTWAIT);
    if (got == (ssize_t)sizeof pid) {
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
        int error = slot_cgroup_join(&slot->cgroup);
        if (send(pair[1], &error, sizeof error, MSG_NOSIGNAL) < 0 || error) _exit(1);
        int own = 3;
        if (pair[1] != own && dup3(pair[1], own, O_CLOEXEC) < 0) _exit(1);
        close_range(4, ~0u, 0);
        keep(own);
    }
    close(pair[1]);
    int error = -EAGAIN;
    if (slot->keeper < 0 || recv(pair[0], &error, sizeof error, 0) != (ssize_t)sizeof error || error) {
        close(pair[0]);
        return error ? error : -EIO;
    }
    watch_add(&slot->keeper_socket, pair[0], EPOLLIN, keeper_ready, slot);
    return 0;
}

static void oom_ready(struct watch *watch, uint32_t events)
{
    (void)events;
    struct slot *slot = watch->owner;
    uint64_t count = 0;
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
    slots_clean();
}

void slots_stop(void)
{
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
    slot->retries = 0;
    slot->retry_at_ns = 0;
}

void slot_close_later(struct slot *slot, int fd)
{
    slot->to_close[slot->to_close_count++] = fd;
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
    slot->init = pid;
    slots.on.launched(slot, pid);
    return 0;
}

static int clean(struct slot *slot, uint64_t kept_bytes, bool reclaim)
{
    int error = 0;
    if (cgroup_version() == 1 && slot->keeper == 0) {
        watch_close(&slot->keeper_socket);
        error = start_keeper(slot);
    }
    if (!error) error = slot_cgroup_renew(&slot->cgroup, kept_bytes, reclaim);
    if (!error && cgroup_version() == 2) {
        watch_close(&slot->oom);
        watch_memory(slot);
    }
    if (!error) error = netns_renew(&slot->netns);
    if (!error && slot->region_used > REGION_KEEP_BYTES) {
        madvise(slot->region, slot->region_used, MADV_REMOVE);
        slot->region_used = 0;
    }
    return error;
}

int slot_refresh(struct slot *slot, uint64_t kept_bytes)
{
    int error = -EBUSY;
    for (unsigned attempt = 0; error == -EBUSY && attempt < REFRESH_ATTEMPTS; attempt++) {
        if (attempt > 0) usleep(REFRESH_PAUSE_US);
        error = clean(slot, kept_bytes, attempt > 0);
    }
    return error;
}

uint64_t slots_clean(void)
{
    uint64_t again = UINT64_MAX;
    bool made_ready = false;
    for (unsigned i = 0; i < slots.count; i++) {
        struct slot *slot = &slots.all[i];
        if (slot->state != SLOT_DIRTY) continue;
        while (slot->to_close_count > 0) close(slot->to_close[--slot->to_close_count]);
        uint64_t now = slot->retry_at_ns ? now_ns() : 0;
        if (now >= slot->retry_at_ns) {
            /* The kernel mostly frees by itself within milliseconds; reclaiming would also drop the images' cache. */
            int error = clean(slot, 0, slot->retries % RETRIES_BEFORE_RECLAIM == RETRIES_BEFORE_RECLAIM - 1);
            if (!error) {
                slot->state = SLOT_READY;
                made_ready = true;
                continue;
            }
            if (++slot->retries == RETRIES_BEFORE_COMPLAINT) {
                log_line("slot %u cannot be proven clean (%s); it stays out of use until it is", i, errno_name(-error));
                slot_cgroup_kill(&slot->cgroup);
            }
            slot->retry_at_ns = now_ns() + RETRY_NS * (slot->retries < RETRIES_BEFORE_COMPLAINT ? 1 : 1000);
        }
        if (slot->retry_at_ns < again) again = slot->retry_at_ns;
    }
    if (made_ready && slots.on.ready) slots.on.ready();
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
        if (slot->keeper != pid) continue;
        log_line("the keeper of slot %u has died", i);
        slot->keeper = 0;
        if (slot->state == SLOT_TAKEN) slots.on.launched(slot, -ECHILD);
        return true;
    }
    return false;
}
