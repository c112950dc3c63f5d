#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup_place.h"
#include "util.h"

#define ROOT_NAME "codeexec"
/* Pages the kernel charges for the keeper, the init process and the namespaces themselves. */
#ifdef CODEEXEC_SANITIZED
#define OVERHEAD_BYTES (8u << 20)
#define CLEAN_BYTES (16u << 20)
#else
#define OVERHEAD_BYTES (512u << 10)
/* What an empty group may still be charged with: the keeper, and what the kernel counts in batches per CPU. */
#define CLEAN_BYTES (4u << 20)
#endif
/* With less, a keeper can be refused what it needs to launch anything, and dies of it. */
#define LEAST_BYTES ((uint64_t)1 << 20)
#define KEEPERS 1u
/* Below this there is nothing to look for. */
#define SOCKETS_WORTH_COUNTING ((uint64_t)1 << 20)
/* How far below their limit network buffers are at most when the kernel refuses more. */
#define LARGEST_SOCKET_CHARGE_BYTES (256u << 10)
#define RESIDENT_STEP_BYTES ((uint64_t)1 << 20)
/* What one fork server in a group may be charged with: its page tables, and pages that it no longer shares. */
#define FORK_SERVER_BYTES ((uint64_t)1 << 20)
/*
 * v1: files of the image that the kernel caches on a group's account. A program at its limit gets them dropped and then
 * has more than its own, and its figure is short of as much; so a group with more of them is made anew.
 */
#define CACHE_BYTES ((uint64_t)4 << 20)
/* Of a program's usage, too little to ask which files it is. */
#define UNLOOKED_BYTES (256u << 10)
#define CPU_PERIOD_US 100000u

/* Of one slot's group, with the names above it. */
#define PATH_BYTES (CGROUP_PLACE_BYTES + 128)
#define FILE_BYTES (PATH_BYTES + 64)

static struct {
    struct cgroup_place place;
    char instance[64];
} host;

int cgroup_version(void)
{
    return host.place.version;
}

const char *cgroups_weakness(void)
{
    return cgroup_place_weakness(&host.place);
}

static int read_path(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    long got = read_text(fd, text, size);
    close(fd);
    return got < 0 ? (int)got : 0;
}

static void kill_all_in(const char *directory)
{
    char path[FILE_BYTES], line[32];
    snprintf(path, sizeof path, "%s/cgroup.procs", directory);
    FILE *list = fopen(path, "re");
    while (list && fgets(line, sizeof line, list)) {
        pid_t pid = (pid_t)strtol(line, NULL, 10);
        if (pid > 1 && pid != getpid()) kill(pid, SIGKILL);
    }
    if (list) fclose(list);
}

/* Removes a group and those below it; the processes of a dead instance are killed first. */
static void remove_tree(const char *directory)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
        char path[FILE_BYTES];
        if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) < (int)sizeof path) remove_tree(path);
    }
    if (entries) closedir(entries);
    for (unsigned attempt = 0; rmdir(directory) < 0 && errno == EBUSY && attempt < 100; attempt++) {
        kill_all_in(directory);
        usleep(10000);
    }
}

static uint64_t start_time_of(long pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    if (read_path(path, text, sizeof text) < 0) return 0;
    /* The name in parentheses may hold anything; field 22 is the 20th after it. */
    char *at = strrchr(text, ')');
    for (unsigned field = 0; at && field < 20; field++) at = strchr(at + 1, ' ');
    return at ? strtoull(at + 1, NULL, 10) : 0;
}

/*
 * Other instances may live in other pid namespaces, where their pids mean nothing to us: each keeps a lock on its group
 * for as long as it lives. Not one of flock, which its children would share.
 */
static bool is_locked(const char *directory)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    bool locked = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return locked;
}

static bool lock_for_life(const char *directory)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fcntl(fd, F_SETLK, &lock) == 0;
}

/* Keeps others from starting and ending in the same group until the result is closed. Returns -1 with errno set. */
static int lock_place(const char *own)
{
    int fd = open(own, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX) == 0) return fd;
    int error = errno;
    if (fd >= 0) close(fd);
    errno = error;
    return -1;
}

static void sweep(const char *root)
{
    DIR *entries = opendir(root);
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        long pid;
        unsigned long long start;
        if (entry->d_type != DT_DIR || sscanf(entry->d_name, "%ld-%llu", &pid, &start) != 2) continue;
        if (start_time_of(pid) == start) continue;
        char path[FILE_BYTES];
        if (snprintf(path, sizeof path, "%s/%s", root, entry->d_name) >= (int)sizeof path || is_locked(path)) continue;
        remove_tree(path);
    }
    if (entries) closedir(entries);
}

static const char *cannot_make(void)
{
    static char sentence[192];
    snprintf(sentence, sizeof sentence,
             "no cgroup can be made (%s; is /sys/fs/cgroup mounted read-only? run as root, or give the container its own writable cgroup)",
             errno_name(errno));
    return sentence;
}

static const char *start_in(unsigned hierarchy)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/" ROOT_NAME, host.place.own[hierarchy]);
    if (mkdir(path, 0755) < 0 && errno != EEXIST) return cannot_make();
    const char *problem = host.place.version == 2 ? cgroup_place_hand_on(path) : NULL;
    if (problem) return problem;
    sweep(path);
    size_t used = strlen(path);
    snprintf(path + used, sizeof path - used, "/%s", host.instance);
    if ((mkdir(path, 0755) < 0 && errno != EEXIST) || !lock_for_life(path)) return cannot_make();
    return host.place.version == 2 ? cgroup_place_hand_on(path) : NULL;
}

const char *cgroups_start(void)
{
    const struct cgroup_view view = {"/proc/self/mountinfo", "/proc/self/cgroup", "", getpid()};
    snprintf(host.instance, sizeof host.instance, "%ld-%llu", (long)getpid(),
             (unsigned long long)start_time_of((long)getpid()));
    const char *problem = cgroup_place_find(&host.place, &view);
    for (unsigned i = 0; i < host.place.hierarchies && !problem; i++) {
        int lock = lock_place(host.place.own[i]);
        if (lock < 0) problem = cannot_make();
        if (!problem && i == 0) problem = cgroup_place_open(&host.place);
        if (!problem) problem = start_in(i);
        if (lock >= 0) close(lock);
    }
    if (problem) cgroups_stop();
    return problem;
}

void cgroups_stop(void)
{
    for (unsigned i = 0; i < host.place.hierarchies && host.place.version; i++) {
        char path[PATH_BYTES];
        int lock = lock_place(host.place.own[i]);
        snprintf(path, sizeof path, "%s/" ROOT_NAME "/%s", host.place.own[i], host.instance);
        remove_tree(path);
        snprintf(path, sizeof path, "%s/" ROOT_NAME, host.place.own[i]);
        /* Stays while another instance lives. */
        if (rmdir(path) == 0) cgroup_place_close(&host.place);
        if (lock >= 0) close(lock);
    }
}

static void slot_path(const struct slot_cgroup *group, unsigned hierarchy, char *path, size_t size)
{
    /* v1 names are stable; v2 groups are new each time. */
    snprintf(path, size, "%s/" ROOT_NAME "/%s/slot-%u.%u", host.place.own[hierarchy], host.instance, group->index,
             group->generation);
}

static int open_in(const char *directory, const char *file, int flags)
{
    char path[FILE_BYTES];
    snprintf(path, sizeof path, "%s/%s", directory, file);
    return open(path, flags | O_CLOEXEC);
}

static int *all_fds(struct slot_cgroup *group, unsigned i)
{
    int *fds[] = {&group->dir_fd,        &group->memory_limit_fd, &group->memory_swap_limit_fd, &group->memory_usage_fd,
                  &group->memory_peak_fd, &group->memory_stat_fd,  &group->memory_reclaim_fd,    &group->pids_limit_fd,
                  &group->pids_current_fd, &group->cpu_limit_fd,   &group->cpu_usage_fd,         &group->oom_count_fd,
                  &group->oom_event_fd,  &group->sockets_limit_fd, &group->sockets_usage_fd,   &group->sockets_peak_fd};
    return i < sizeof fds / sizeof *fds ? fds[i] : NULL;
}

static void close_fds(struct slot_cgroup *group)
{
    int *fd;
    for (unsigned i = 0; (fd = all_fds(group, i)); i++) {
        if (group->made && *fd >= 0) close(*fd);
        *fd = -1;
    }
}

static int open_v2(struct slot_cgroup *group, const char **step)
{
    char directory[PATH_BYTES];
    slot_path(group, 0, directory, sizeof directory);
    *step = "cgroup-make";
    if (mkdir(directory, 0755) < 0) return -errno;
    group->made = true;
    *step = "cgroup-open";
    group->dir_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    group->memory_limit_fd = open_in(directory, "memory.max", O_RDWR);
    group->memory_swap_limit_fd = open_in(directory, "memory.swap.max", O_RDWR);
    group->memory_usage_fd = open_in(directory, "memory.current", O_RDONLY);
    group->memory_peak_fd = open_in(directory, "memory.peak", O_RDONLY);
    group->memory_stat_fd = open_in(directory, "memory.stat", O_RDONLY);
    group->pids_limit_fd = open_in(directory, "pids.max", O_RDWR);
    group->pids_current_fd = open_in(directory, "pids.current", O_RDONLY);
    group->cpu_limit_fd = open_in(directory, "cpu.max", O_RDWR);
    group->cpu_usage_fd = open_in(directory, "cpu.stat", O_RDONLY);
    group->oom_count_fd = open_in(directory, "memory.events", O_RDONLY);
    if (group->dir_fd < 0 || group->memory_limit_fd < 0 || group->memory_usage_fd < 0 || group->pids_limit_fd < 0 ||
        group->pids_current_fd < 0 || group->cpu_limit_fd < 0 || group->cpu_usage_fd < 0 || group->oom_count_fd < 0)
        return -errno;
    group->oom_event_fd = fcntl(group->oom_count_fd, F_DUPFD_CLOEXEC, 3);
    /* Without a swap file the kernel has no memory.swap.max, and nothing to forbid. */
    if (group->memory_swap_limit_fd >= 0 && write_number(group->memory_swap_limit_fd, 0) < 0) return -EIO;
    return 0;
}

static int open_v1(struct slot_cgroup *group, const char **step)
{
    char directory[V1_COUNT][PATH_BYTES];
    *step = "cgroup-make";
    for (unsigned i = 0; i < V1_COUNT; i++) {
        slot_path(group, i, directory[i], sizeof directory[i]);
        if (mkdir(directory[i], 0755) < 0 && errno != EEXIST) return -errno;
    }
    group->made = true;
    *step = "cgroup-open";
    group->memory_limit_fd = open_in(directory[V1_MEMORY], "memory.limit_in_bytes", O_RDWR);
    group->memory_swap_limit_fd = open_in(directory[V1_MEMORY], "memory.memsw.limit_in_bytes", O_RDWR);
    group->memory_usage_fd = open_in(directory[V1_MEMORY], "memory.usage_in_bytes", O_RDONLY);
    group->memory_peak_fd = open_in(directory[V1_MEMORY], "memory.max_usage_in_bytes", O_RDWR);
    group->memory_stat_fd = open_in(directory[V1_MEMORY], "memory.stat", O_RDONLY);
    group->memory_reclaim_fd = open_in(directory[V1_MEMORY], "memory.force_empty", O_WRONLY);
    group->pids_limit_fd = open_in(directory[V1_PIDS], "pids.max", O_RDWR);
    group->pids_current_fd = open_in(directory[V1_PIDS], "pids.current", O_RDONLY);
    group->cpu_limit_fd = open_in(directory[V1_CPU], "cpu.cfs_quota_us", O_RDWR);
    group->cpu_usage_fd = open_in(directory[V1_CPUACCT], "cpuacct.usage", O_RDWR);
    group->oom_count_fd = open_in(directory[V1_MEMORY], "memory.oom_control", O_RDONLY);
    group->oom_event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* The kernel counts them from the first limit on. Without memory for the kernel's own there are none of these. */
    group->sockets_limit_fd = open_in(directory[V1_MEMORY], "memory.kmem.tcp.limit_in_bytes", O_RDWR);
    group->sockets_usage_fd = open_in(directory[V1_MEMORY], "memory.kmem.tcp.usage_in_bytes", O_RDONLY);
    group->sockets_peak_fd = open_in(directory[V1_MEMORY], "memory.kmem.tcp.max_usage_in_bytes", O_RDWR);
    if (group->memory_limit_fd < 0 || group->memory_usage_fd < 0 || group->memory_peak_fd < 0 ||
        group->memory_stat_fd < 0 || group->memory_reclaim_fd < 0 || group->pids_limit_fd < 0 || group->pids_current_fd < 0 || group->cpu_limit_fd < 0 || group->cpu_usage_fd < 0 ||
        group->oom_count_fd < 0 || group->oom_event_fd < 0)
        return -errno;
    char text[64];
    snprintf(text, sizeof text, "%d %d", group->oom_event_fd, group->oom_count_fd);
    int memory = open(directory[V1_MEMORY], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (memory < 0) return -errno;
    int error = write_file_at(memory, "cgroup.event_control", text);
    if (!error) error = write_file_at(memory, "memory.swappiness", "0");
    close(memory);
    int cpu = open(directory[V1_CPU], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cpu < 0) return -errno;
    if (!error) error = write_file_at(cpu, "cpu.cfs_period_us", "100000");
    close(cpu);
    return error;
}

int slot_cgroup_make(struct slot_cgroup *group, unsigned index, const char **step)
{
    group->index = index;
    group->applied = (struct cgroup_limits){0};
    group->baseline_memory_bytes = group->baseline_cpu_ns = group->baseline_oom_kills = 0;
    group->resident_bytes = group->cache_bytes = 0;
    group->made = false;
    group->residents = host.place.version == 1 ? KEEPERS : 0;
    close_fds(group);
    return host.place.version == 2 ? open_v2(group, step) : open_v1(group, step);
}

int slot_cgroup_open(const struct slot_cgroup *group, int *directories)
{
    for (unsigned i = 0; i < V1_COUNT; i++) {
        char path[PATH_BYTES];
        slot_path(group, i, path, sizeof path);
        directories[i] = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directories[i] < 0) {
            int error = -errno;
            while (i-- > 0) close(directories[i]);
            return error;
        }
    }
    return 0;
}

int slot_cgroup_join(const struct slot_cgroup *group)
{
    for (unsigned i = 0; i < V1_COUNT; i++) {
        char path[PATH_BYTES];
        slot_path(group, i, path, sizeof path);
        int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directory < 0) return -errno;
        int error = write_file_at(directory, "cgroup.procs", "0");
        close(directory);
        if (error) return error;
    }
    return 0;
}

/*
 * What fork servers that live in the group are charged with, in steps, so that the limit is rarely written anew. Not
 * files that the kernel caches: it would drop them for a program at its limit, which then had more than its own.
 */
static uint64_t resident_bytes(const struct slot_cgroup *group)
{
    if (group->residents <= KEEPERS) return 0;
    return (group->resident_bytes + RESIDENT_STEP_BYTES - 1) / RESIDENT_STEP_BYTES * RESIDENT_STEP_BYTES;
}

static uint64_t with_overhead(uint64_t bytes)
{
    return (bytes > LEAST_BYTES ? bytes : LEAST_BYTES) + OVERHEAD_BYTES;
}

static int limit_memory(struct slot_cgroup *group, uint64_t bytes)
{
    uint64_t total = with_overhead(bytes);
    int memory = group->memory_limit_fd;
    int with_swap = group->memory_swap_limit_fd;
    if (host.place.version == 2) return write_number(memory, total);
    if (group->sockets_limit_fd >= 0) {
        int error = write_number(group->sockets_limit_fd, bytes);
        if (error && error != -EBUSY) return error; /* EBUSY: below what the last program's connections still hold */
    }
    if (with_swap < 0) return write_number(memory, total);
    /* v1 refuses a memory limit above the one that includes swap, so the order depends on the direction. */
    bool rising = total > with_overhead(group->applied.memory_bytes) && group->applied.memory_bytes > 0;
    int error = write_number(rising ? with_swap : memory, total);
    return error ? error : write_number(rising ? memory : with_swap, total);
}

static int limit_cpu(struct slot_cgroup *group, uint32_t milli)
{
    unsigned quota = milli * (CPU_PERIOD_US / 1000u);
    group->applied.cpu_milli = milli;
    if (host.place.version == 1) {
        int error = write_number(group->cpu_limit_fd, quota);
        if (error != -EINVAL) return error;
        /* v1 refuses a quota above that of a group further up, which then holds alone. Asked again each time, as it
           may have been raised. */
        group->applied.cpu_milli = 0;
        return pwrite(group->cpu_limit_fd, "-1", 2, 0) < 0 ? -errno : 0;
    }
    char text[48];
    int size = snprintf(text, sizeof text, "%u %u", quota, CPU_PERIOD_US);
    return pwrite(group->cpu_limit_fd, text, (size_t)size, 0) < 0 ? -errno : 0;
}

int slot_cgroup_limit(struct slot_cgroup *group, const struct cgroup_limits *limits)
{
    struct cgroup_limits *applied = &group->applied;
    int error = 0;
    uint64_t memory_bytes = limits->memory_bytes + resident_bytes(group);
    if (applied->memory_bytes != memory_bytes) {
        error = limit_memory(group, memory_bytes);
        if (error) return error;
        applied->memory_bytes = memory_bytes;
    }
    /* The namespace's init process, and who lives in the group, are counted too. */
    uint32_t processes = limits->processes + 1 + group->residents;
    if (applied->processes != processes) {
        error = write_number(group->pids_limit_fd, processes);
        if (error) return error;
        applied->processes = processes;
    }
    if (applied->cpu_milli != limits->cpu_milli) {
        error = limit_cpu(group, limits->cpu_milli);
        if (error) return error;
    }
    return 0;
}

uint64_t slot_cgroup_cpu_ns(const struct slot_cgroup *group)
{
    if (host.place.version == 2) return read_keyed_number(group->cpu_usage_fd, "usage_usec") * 1000u;
    return read_number(group->cpu_usage_fd) - group->baseline_cpu_ns;
}

uint64_t slot_cgroup_oom_kills(const struct slot_cgroup *group)
{
    return read_keyed_number(group->oom_count_fd, "oom_kill") - group->baseline_oom_kills;
}

/* Of what is charged to the group: files on disk that the kernel caches, and can drop at any time. */
static uint64_t cached_bytes(const struct slot_cgroup *group)
{
    char text[4096];
    if (group->memory_stat_fd < 0 || read_text(group->memory_stat_fd, text, sizeof text) <= 0) return 0;
    uint64_t files = keyed_number(text, host.place.version == 2 ? "file" : "cache"), in_memory = keyed_number(text, "shmem");
    return files > in_memory ? files - in_memory : 0;
}

/*
 * What was charged before the program started. What was still charged then and is gone now was no baseline, as far as it
 * can have been an ended program's: the kernel gives that back with some delay. More than that were files of the image
 * that it stopped caching.
 */
static uint64_t baseline_of(const struct slot_cgroup *group, uint64_t left)
{
    uint64_t baseline = group->baseline_memory_bytes;
    if (left >= baseline) return baseline;
    return left + CLEAN_BYTES > baseline ? left : baseline - CLEAN_BYTES;
}

static uint64_t socket_bytes(int fd)
{
    uint64_t bytes = fd >= 0 ? read_number(fd) : 0;
    return bytes == UINT64_MAX ? 0 : bytes;
}

/* By the peak: newer kernels no longer count what they refuse, which is a packet or a batch of pages at a time. */
static bool sockets_refused(const struct slot_cgroup *group, uint64_t peak_bytes)
{
    return peak_bytes > 0 && peak_bytes + LARGEST_SOCKET_CHARGE_BYTES >= group->applied.memory_bytes;
}

bool slot_cgroup_sockets_exceed(const struct slot_cgroup *group)
{
    uint64_t bytes = socket_bytes(group->sockets_usage_fd);
    if (bytes < SOCKETS_WORTH_COUNTING) return false;
    if (sockets_refused(group, socket_bytes(group->sockets_peak_fd))) return true;
    uint64_t own_bytes = group->residents > KEEPERS ? 0 : group->resident_bytes; /* of fork servers: in the limit */
    return slot_cgroup_kept_bytes(group) + bytes > with_overhead(group->applied.memory_bytes) + own_bytes;
}

bool slot_cgroup_sockets_left(const struct slot_cgroup *group)
{
    return socket_bytes(group->sockets_usage_fd) >= SOCKETS_WORTH_COUNTING;
}

FILE *slot_cgroup_processes(const struct slot_cgroup *group)
{
    char path[PATH_BYTES];
    slot_path(group, 0, path, sizeof path);
    int fd = open_in(path, "cgroup.procs", O_RDONLY);
    return fd < 0 ? NULL : fdopen(fd, "r");
}

bool slot_cgroup_at_limit(const struct slot_cgroup *group)
{
    /* Kills for want of memory above the group are told in its `oom_kill`, but not in its `oom`. */
    if (host.place.version == 2) return read_keyed_number(group->oom_count_fd, "oom") > 0;
    uint64_t peak = read_number(group->memory_peak_fd);
    return peak == UINT64_MAX || peak + LARGEST_CHARGE_BYTES > with_overhead(group->applied.memory_bytes);
}

struct cgroup_usage slot_cgroup_usage(const struct slot_cgroup *group)
{
    uint64_t peak = group->memory_peak_fd >= 0 ? read_number(group->memory_peak_fd) : 0;
    if (peak == UINT64_MAX) peak = 0;
    uint64_t left = read_number(group->memory_usage_fd), others = baseline_of(group, left);
    /* Whoever reads a file of the image first has it on his account, the same program next time not. */
    if (left != UINT64_MAX && left > others + UNLOOKED_BYTES) {
        uint64_t cached = cached_bytes(group);
        if (cached > group->cache_bytes) others += cached - group->cache_bytes;
    }
    uint64_t sockets = socket_bytes(group->sockets_peak_fd);
    uint64_t memory = peak > others ? peak - others : 0, limit = group->applied.memory_bytes;
    sockets = sockets > group->baseline_socket_bytes ? sockets - group->baseline_socket_bytes : 0;
    return (struct cgroup_usage){
        .cpu_ns = slot_cgroup_cpu_ns(group),
        /* The two peaks may have been at different times: together no more than the limit, which held. */
        .memory_peak_bytes = memory + sockets < limit || memory > limit ? memory + sockets : limit,
        .oom_kills = slot_cgroup_oom_kills(group),
        .sockets_refused = sockets_refused(group, sockets),
    };
}

bool slot_cgroup_limit_is_exact(void)
{
    return true;
}

bool slot_cgroup_is_full(const struct slot_cgroup *group)
{
    uint64_t peak = group->memory_peak_fd >= 0 ? read_number(group->memory_peak_fd) : UINT64_MAX;
    return peak == UINT64_MAX || peak + OVERHEAD_BYTES / 2 >= with_overhead(group->applied.memory_bytes);
}

void slot_cgroup_kill(const struct slot_cgroup *group)
{
    if (host.place.version == 2) write_file_at(group->dir_fd, "cgroup.kill", "1");
}

uint64_t slot_cgroup_kept_bytes(const struct slot_cgroup *group)
{
    if (host.place.version == 2) return 0; /* charged to the group of the command that made them, which is gone */
    uint64_t usage = read_number(group->memory_usage_fd), cached = cached_bytes(group);
    return usage > cached ? usage - cached : 0;
}

void slot_cgroup_begin(struct slot_cgroup *group)
{
    if (host.place.version == 2) return; /* the group is new */
    write_number(group->memory_peak_fd, 0);
    group->baseline_memory_bytes = read_number(group->memory_usage_fd);
}

static bool remove_former(struct slot_cgroup *group)
{
    if (!group->has_former) return true;
    struct slot_cgroup former = {.index = group->index, .generation = group->former};
    bool removed = true;
    for (unsigned i = 0; i < host.place.hierarchies; i++) {
        char path[PATH_BYTES];
        slot_path(&former, i, path, sizeof path);
        removed &= rmdir(path) == 0 || errno == ENOENT;
    }
    group->has_former = !removed;
    return removed;
}

static int renew_v1(struct slot_cgroup *group, uint64_t kept_bytes, bool reclaim)
{
    remove_former(group);
    if (read_number(group->pids_current_fd) > group->residents) return -EBUSY;
    kept_bytes += (group->residents - KEEPERS) * FORK_SERVER_BYTES;
    if (reclaim) write_number(group->memory_reclaim_fd, 0);
    uint64_t usage = read_number(group->memory_usage_fd), cached = cached_bytes(group);
    uint64_t resident = usage > cached ? usage - cached : 0;
    if (resident > kept_bytes + CLEAN_BYTES) return -EAGAIN;
    if (cached > CACHE_BYTES) return -ESTALE;
    group->baseline_oom_kills = read_keyed_number(group->oom_count_fd, "oom_kill");
    group->baseline_cpu_ns = read_number(group->cpu_usage_fd);
    if (socket_bytes(group->sockets_peak_fd) > 0) write_number(group->sockets_peak_fd, 0);
    /* Of the last program's connections, until the kernel has taken their network apart. */
    group->baseline_socket_bytes = socket_bytes(group->sockets_usage_fd);
    slot_cgroup_begin(group);
    group->resident_bytes = resident;
    group->cache_bytes = cached;
    return 0;
}

/* Another group in place of one that is left to end by itself. */
static int make_next(struct slot_cgroup *group)
{
    if (!group->incomplete) {
        group->generation++;
        close_fds(group);
    }
    group->incomplete = true;
    const char *step;
    int error = slot_cgroup_make(group, group->index, &step);
    group->incomplete = error != 0;
    return error;
}

static int renew_v2(struct slot_cgroup *group)
{
    struct cgroup_limits wanted = group->applied;
    if (!group->incomplete) {
        if (read_number(group->pids_current_fd) > 0) return -EBUSY;
        char path[PATH_BYTES];
        slot_path(group, 0, path, sizeof path);
        if (rmdir(path) < 0 && errno != ENOENT) return -EBUSY;
    }
    if (wanted.processes > 0) wanted.processes -= 1;
    int error = make_next(group);
    if (error || wanted.memory_bytes == 0) return error;
    /* The next execution most likely asks for the same. */
    return slot_cgroup_limit(group, &wanted);
}

int slot_cgroup_renew(struct slot_cgroup *group, uint64_t kept_bytes, bool reclaim)
{
    if (host.place.version == 2) return renew_v2(group);
    return group->incomplete ? -ESTALE : renew_v1(group, kept_bytes, reclaim);
}

int slot_cgroup_replace(struct slot_cgroup *group)
{
    if (!group->incomplete) {
        if (!remove_former(group)) return -EBUSY;
        group->former = group->generation;
        group->has_former = true;
    }
    return make_next(group);
}

void slot_cgroup_remove(struct slot_cgroup *group)
{
    if (!group->made) return;
    close_fds(group);
    for (unsigned i = 0; i < host.place.hierarchies; i++) {
        char path[PATH_BYTES];
        slot_path(group, i, path, sizeof path);
        remove_tree(path);
    }
    group->made = false;
}
