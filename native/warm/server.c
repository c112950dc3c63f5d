#include "server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capture.h"
#include "go_between.h"
#include "join.h"
#include "node.h"
#include "passing.h"
#include "privileges.h"
#include "process_image.h"
#include "python.h"
#include "python_end.h"
#include "request.h"
#include "ruby.h"
#include "seccomp_filter.h"
#include "threads.h"
#include "touch.h"
#include "util.h"
#include "warm_protocol.h"

#define NAME_BYTES 16
/* Of what is shared, even the smallest program writes to this much, if only in counting references and ending... */
#define TOUCHED_BYTES ((uint64_t)5 << 19)
/* ... and this much if it ends without taking itself apart. */
#define TOUCHED_BEFORE_END_BYTES ((uint64_t)1 << 20)
/* Below the frame of whoever asks: what functions called from there may use. */
#define STACK_IN_USE_BYTES ((uintptr_t)64 << 10)
#define PAGE_BYTES ((uintptr_t)4096)
#define SERVER_NAME "codeexec-warm"
#define WORK_FOLDER "/box/"

static struct {
    bool armed;
    struct warm_boot boot;
    char name[NAME_BYTES]; /* as exec or the interpreter has set it */
    int own_fds;
    /* In a launched process only. */
    uint8_t *region;
    size_t region_bytes;
} server;

/* ---- before the interpreter's main ---- */

static void forget_preload(char **variables)
{
    char *preload = NULL;
    for (char **variable = variables; *variable; variable++)
        if (strncmp(*variable, "LD_PRELOAD=", 11) == 0) preload = *variable;
    unsetenv("LD_PRELOAD");
    if (!preload) return;
    /* It is the last: the environment that the kernel shows ends before it, or with nothing in its place. */
    if (!process_image_read() || !process_image_end_environment(preload)) memset(preload, 0, strlen(preload));
}

static bool read_boot(void)
{
    if (pread(WARM_BOOT_FD, &server.boot, sizeof server.boot, 0) != (ssize_t)sizeof server.boot ||
        server.boot.magic != WARM_MAGIC)
        return false;
    struct sock_filter *filter = checked_alloc(server.boot.filter_bytes);
    if (pread(WARM_BOOT_FD, filter, server.boot.filter_bytes, sizeof server.boot) != (ssize_t)server.boot.filter_bytes)
        return false;
    seccomp_use(filter, server.boot.filter_bytes / sizeof *filter);
    close(WARM_BOOT_FD);
    return true;
}

__attribute__((constructor)) static void prepare(int argc, char **argv, char **variables)
{
    (void)argc;
    (void)argv;
    if (!read_boot()) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    forget_preload(variables);
    int error = privileges_forbid_gains();
    if (!error) error = privileges_keep(INIT_RIGHTS);
    if (error) {
        log_line("a fork server cannot limit its privileges (%s)", errno_name(-error));
        _exit(1);
    }
    server.armed = true;
}

bool server_is_entry(const char *path)
{
    if (!server.armed) return false;
    const char *entry = server.boot.entry;
    if (strcmp(path, entry) == 0) return true;
    size_t folder = sizeof WORK_FOLDER - 1;
    return strncmp(entry, WORK_FOLDER, folder) == 0 && strcmp(path, entry + folder) == 0;
}

bool server_waits(void)
{
    return server.armed;
}

const char *server_entry(void)
{
    return server.boot.entry;
}

/* ---- being forked ---- */

static void answer(uint32_t kind, int32_t value)
{
    struct warm_answer message = {.kind = kind, .value = value};
    if (send(WARM_CONTROL_FD, &message, sizeof message, MSG_NOSIGNAL) < 0) _exit(0);
}

/* Entries of a folder of numbers below /proc/self; `highest` is the highest below the server's own descriptors. */
static int count_numbers(const char *path, int *highest)
{
    int count = 0;
    DIR *entries = opendir(path);
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        if (entry->d_name[0] == '.') continue;
        int number = atoi(entry->d_name);
        count++;
        if (highest && number < WARM_CONTROL_FD && number != dirfd(entries) && number > *highest) *highest = number;
    }
    if (entries) closedir(entries);
    return count;
}

static uint64_t anonymous_bytes(void)
{
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    char text[4096];
    long size = fd >= 0 ? read_text(fd, text, sizeof text) : -1;
    if (fd >= 0) close(fd);
    const char *line = size > 0 ? strstr(text, "RssAnon:") : NULL;
    return line ? strtoull(line + 8, NULL, 10) * 1024u : 0;
}

static void say_ready(uint64_t anonymous, uint64_t copied)
{
    uint64_t touched = python_end_is_known() ? TOUCHED_BEFORE_END_BYTES : TOUCHED_BYTES;
    uint64_t shared = anonymous > touched ? anonymous - touched : 0;
    uint64_t parked = anonymous > copied ? anonymous - copied : 0;
    struct warm_answer ready = {.kind = WARM_READY,
                                .value = (int32_t)threads_kept(),
                                .bytes = shared,
                                .bytes_parked = copied > 0 ? parked : shared};
    if (send(WARM_CONTROL_FD, &ready, sizeof ready, MSG_NOSIGNAL) < 0) _exit(0);
}

/*
 * Ruby reaches down to the end of its stack when it starts, and the compiler has it touch every page on the way: 64
 * MiB of nothing, whose page tables every fork would copy. What is below the frames in use is given back.
 */
static void release_stack(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    uintptr_t start = 0, end;
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "[stack]") && sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &start, &end) != 2) start = 0;
    if (maps) fclose(maps);
    uintptr_t here = ((uintptr_t)__builtin_frame_address(0) - STACK_IN_USE_BYTES) / PAGE_BYTES * PAGE_BYTES;
    if (start > 0 && here > start) madvise((void *)start, here - start, MADV_DONTNEED);
}

/* Shows the program's arguments where the kernel shows them, if there are more than the interpreter was started with. */
static void show_arguments(const struct run_request *request)
{
    if (request->argument_count == server.boot.argument_count) return;
    struct reader reader = request->arguments;
    size_t size = 0;
    for (uint32_t i = 0; i < request->argument_count; i++) size += read_string(&reader).size + 1;
    char *text = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (text == MAP_FAILED) return;
    char *at = text;
    reader = request->arguments;
    for (uint32_t i = 0; i < request->argument_count; i++) {
        struct bytes argument = read_string(&reader);
        memcpy(at, argument.data, argument.size);
        at += argument.size + 1;
    }
    if (!process_image_show_arguments(text, size)) munmap(text, size);
}

static void add_arguments(const struct run_request *request)
{
    unsigned known = server.boot.argument_count, count = request->argument_count - known;
    if (count == 0) return;
    char **added = checked_alloc(count * sizeof *added);
    struct reader reader = request->arguments;
    for (uint32_t i = 0; i < request->argument_count; i++) {
        struct bytes argument = read_string(&reader);
        if (i < known) continue;
        added[i - known] = checked_alloc(argument.size + 1);
        memcpy(added[i - known], argument.data, argument.size);
    }
    if (python_is_here()) python_add_arguments(added, count);
    if (ruby_is_here()) ruby_add_arguments(added, count);
    if (node_is_here()) node_add_arguments(added, count);
    for (unsigned i = 0; i < count; i++) free(added[i]);
    free(added);
}

/* In the program, sealed already. */
static void become_program(const struct run_request *request)
{
    prctl(PR_SET_NAME, server.name);
    if (ruby_is_here()) ruby_after_fork();
    if (node_is_here()) node_after_fork();
    show_arguments(request);
    add_arguments(request);
    munmap(server.region, server.region_bytes);
}

/* In a program that has not been given its task yet. */
static void while_parked(void)
{
    touch_all();
    if (node_is_here()) node_prepare();
}

/* In the program. */
static void begin(const struct warm_request *request, const int *fds)
{
    struct launch_from_server from = {.own_fds = server.own_fds,
                                      .report_fd = WARM_REPORT_FD,
                                      .while_parked = while_parked,
                                      .become = become_program};
    server.region_bytes = request->open_size + request->run_size;
    server.region = mmap(NULL, server.region_bytes, PROT_READ, MAP_SHARED, fds[JOIN_REGION], 0);
    if (server.region == MAP_FAILED) _exit(1);
    struct launch launch = {.uid = request->uid,
                            .server = &from,
                            .run_payload = server.region + request->open_size,
                            .run_size = request->run_size};
    launch_join(&launch, fds);
}

/* Raw, because the supervisor shall be the parent; a stack of NULL copies the caller's, as fork does. */
static pid_t fork_for_supervisor(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);
}

/* On v1: a server for one slot. Returns in it. */
static void settle(const int *fds)
{
    if (dup3(fds[0], WARM_CONTROL_FD, O_CLOEXEC) < 0) _exit(1);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int error = 0;
    for (unsigned i = 1; i < WARM_SETTLE_FDS && !error; i++) error = write_file_at(fds[i], "cgroup.procs", "0");
    for (unsigned i = 0; i < WARM_SETTLE_FDS; i++) close(fds[i]);
    answer(WARM_SETTLED, error ? error : getpid());
    if (error) _exit(1);
}

void server_run(void)
{
    server.armed = false;
    int error = errno;
    capture_look_up();
    int highest = 2, threads = count_numbers("/proc/self/task", NULL);
    count_numbers("/proc/self/fd", &highest);
    server.own_fds = highest + 1;
    /* Ruby knows how to do without the thread that it keeps for its clock. */
    if (node_is_here() ? !node_keep(server.own_fds) : threads > 1 && !ruby_is_here()) {
        /* Node has said why. */
        answer(WARM_REFUSED, node_is_here() ? 0 : threads);
        _exit(1);
    }
    prctl(PR_GET_NAME, server.name);
    prctl(PR_SET_NAME, SERVER_NAME);
    process_image_hide_library(WARM_LIBRARY);
    fcntl(WARM_CONTROL_FD, F_SETFD, FD_CLOEXEC);
    if (!go_between_prepare()) _exit(1);
    python_end_learn();
    uint64_t anonymous = anonymous_bytes();
    release_stack();
    say_ready(anonymous, touch_learn());
    for (;;) {
        struct warm_request request;
        int fds[PASSING_MAX_FDS];
        unsigned fd_count;
        ssize_t got = receive_with_fds(WARM_CONTROL_FD, &request, sizeof request, fds, &fd_count);
        if (got != (ssize_t)sizeof request) _exit(0);
        if (request.kind == WARM_LAUNCH) {
            if (fd_count < JOIN_INIT) _exit(1);
            int cgroup = fd_count > JOIN_INIT ? fds[JOIN_INIT] : -1;
            int init = fds[JOIN_INIT] = join_take_offer(fds[JOIN_LINK]);
            if (go_between_fork(init, cgroup)) {
                begin(&request, fds);
                errno = error;
                return;
            }
            if (init >= 0) close(init);
            fds[JOIN_INIT] = cgroup;
        } else {
            if (fd_count < WARM_SETTLE_FDS) _exit(1);
            if (fork_for_supervisor() == 0) {
                settle(fds);
                continue;
            }
        }
        for (unsigned i = 0; i < fd_count; i++) close(fds[i]);
    }
}
