/*
 * The moment at which an interpreter has done everything that does not depend on its program: when it first looks at
 * the program's file. These functions stand before the C library's of the same names; until that moment, and ever
 * after it, they only hand on.
 */
#undef _FILE_OFFSET_BITS
#define _LARGEFILE64_SOURCE 1
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "node.h"
#include "node_times.h"
#include "python_end.h"
#include "ruby.h"
#include "server.h"

/* Of every program in its sandbox: init is 1. */
#define PROGRAM_PID 2
#define SHOWN __attribute__((visibility("default")))

static void look(const char *path)
{
    if (!server_waits()) return;
    if (ruby_is_here()) ruby_passes_by();
    else if (path && server_is_entry(path)) server_run();
}

static int opened(const char *path, int fd)
{
    if (server_waits() && path && server_is_entry(path) && ruby_is_here()) ruby_opened(fd);
    return fd;
}

/* The C library's own function; looked up once. ISO C has no conversion from void * to a function's address. */
#define NEXT(name)                                          \
    static __typeof__(name) *next;                          \
    if (!next) {                                            \
        union {                                             \
            void *data;                                     \
            __typeof__(name) *function;                     \
        } symbol = {.data = dlsym(RTLD_NEXT, #name)};       \
        next = symbol.function;                             \
    }

#define STANDS_BEFORE(result, name, parameters, path, arguments) \
    SHOWN result name parameters;                                \
    SHOWN result name parameters                                 \
    {                                                            \
        NEXT(name)                                               \
        look(path);                                              \
        return next arguments;                                   \
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls"
#pragma GCC diagnostic ignored "-Wnonnull-compare"
STANDS_BEFORE(int, stat, (const char *restrict path, struct stat *restrict found), path, (path, found))
STANDS_BEFORE(int, lstat, (const char *restrict path, struct stat *restrict found), path, (path, found))
STANDS_BEFORE(int, stat64, (const char *restrict path, struct stat64 *restrict found), path, (path, found))
STANDS_BEFORE(int, lstat64, (const char *restrict path, struct stat64 *restrict found), path, (path, found))
STANDS_BEFORE(int, fstatat, (int folder, const char *restrict path, struct stat *restrict found, int flags), path,
              (folder, path, found, flags))
STANDS_BEFORE(int, fstatat64, (int folder, const char *restrict path, struct stat64 *restrict found, int flags), path,
              (folder, path, found, flags))
STANDS_BEFORE(int, statx,
              (int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict found), path,
              (folder, path, flags, mask, found))
STANDS_BEFORE(int, access, (const char *path, int mode), path, (path, mode))
STANDS_BEFORE(ssize_t, readlink, (const char *restrict path, char *restrict target, size_t size), path,
              (path, target, size))
STANDS_BEFORE(FILE *, fopen, (const char *restrict path, const char *restrict mode), path, (path, mode))
STANDS_BEFORE(FILE *, fopen64, (const char *restrict path, const char *restrict mode), path, (path, mode))
#pragma GCC diagnostic pop

/* The mode is there only for files that are made. */
#define MODE(flags)                                            \
    mode_t mode = 0;                                           \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                   \
        va_list rest;                                          \
        va_start(rest, flags);                                 \
        mode = va_arg(rest, mode_t);                           \
        va_end(rest);                                          \
    }

#define OPENS(name)                                            \
    SHOWN int name(const char *path, int flags, ...);          \
    SHOWN int name(const char *path, int flags, ...)           \
    {                                                          \
        NEXT(name)                                             \
        MODE(flags)                                            \
        look(path);                                            \
        return opened(path, next(path, flags, mode));          \
    }
#define OPENS_AT(name)                                         \
    SHOWN int name(int folder, const char *path, int flags, ...); \
    SHOWN int name(int folder, const char *path, int flags, ...)  \
    {                                                          \
        NEXT(name)                                             \
        MODE(flags)                                            \
        look(path);                                            \
        return opened(path, next(folder, path, flags, mode));  \
    }

SHOWN ssize_t read(int fd, void *buffer, size_t size);
SHOWN ssize_t read(int fd, void *buffer, size_t size)
{
    NEXT(read)
    if (server_waits() && ruby_is_at_program(fd, buffer)) {
        server_run();
        ruby_open_program(server_entry());
    }
    return next(fd, buffer, size);
}

/* Node asks for files by number, and would talk to its kernel in a way that programs may not. */
SHOWN long syscall(long number, ...);
SHOWN long syscall(long number, ...)
{
    NEXT(syscall)
    long arguments[6];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++) arguments[i] = va_arg(rest, long);
    va_end(rest);
    if (server_waits()) {
        if (number == SYS_statx) look((const char *)arguments[1]);
        /* Asked about a process by the number it was told. */
        if (number == SYS_capget) ((struct __user_cap_header_struct *)arguments[0])->pid = 0;
        if (number == SYS_io_uring_setup) {
            errno = ENOSYS;
            return -1;
        }
    }
    return next(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

/* Some remember it: what they are told is true of the program that each fork will be. */
SHOWN pid_t getpid(void);
SHOWN pid_t getpid(void)
{
    return server_waits() && node_is_here() ? PROGRAM_PID : (pid_t)syscall(SYS_getpid);
}

/* What it has been told of the time must be told anew to each program. */
SHOWN int clock_gettime(clockid_t clock, struct timespec *time);
SHOWN int clock_gettime(clockid_t clock, struct timespec *time)
{
    NEXT(clock_gettime)
    int result = next(clock, time);
    if (server_waits() && result == 0) node_times_told(clock, time);
    return result;
}

SHOWN int gettimeofday(struct timeval *restrict time, void *restrict zone);
SHOWN int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    NEXT(gettimeofday)
    int result = next(time, zone);
    if (server_waits() && result == 0)
        node_times_told(CLOCK_REALTIME, &(struct timespec){.tv_sec = time->tv_sec, .tv_nsec = time->tv_usec * 1000});
    return result;
}

/* What tells how a program will end; before and in a program alike. */
SHOWN int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict before);
SHOWN int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict before)
{
    NEXT(sigaction)
    int result = next(signal, action, before);
    if (result == 0) python_end_signal_changes(signal, action);
    return result;
}

SHOWN ssize_t write(int fd, const void *bytes, size_t size);
SHOWN ssize_t write(int fd, const void *bytes, size_t size)
{
    NEXT(write)
    ssize_t result = next(fd, bytes, size);
    if (result < 0) python_end_spoil();
    return result;
}

SHOWN int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                         void *(*start)(void *), void *restrict argument);
SHOWN int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                         void *(*start)(void *), void *restrict argument)
{
    NEXT(pthread_create)
    python_end_spoil();
    return next(thread, attributes, start, argument);
}

SHOWN DIR *opendir(const char *path);
SHOWN DIR *opendir(const char *path)
{
    NEXT(opendir)
    DIR *folder = next(path);
    if (folder) python_end_folder_opened();
    return folder;
}

SHOWN DIR *fdopendir(int fd);
SHOWN DIR *fdopendir(int fd)
{
    NEXT(fdopendir)
    DIR *folder = next(fd);
    if (folder) python_end_folder_opened();
    return folder;
}

SHOWN int closedir(DIR *folder);
SHOWN int closedir(DIR *folder)
{
    NEXT(closedir)
    int result = next(folder);
    if (result == 0) python_end_folder_closed();
    return result;
}

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)

/* With names and numbers that nothing has. */
void capture_look_up(void)
{
    static const char nothing[] = "";
    struct stat found;
    struct stat64 found64;
    struct statx found_more;
    struct timespec time;
    struct timeval day;
    char byte;
    int error = errno;
    (void)!stat(nothing, &found);
    (void)!lstat(nothing, &found);
    (void)!stat64(nothing, &found64);
    (void)!lstat64(nothing, &found64);
    (void)!fstatat(AT_FDCWD, nothing, &found, 0);
    (void)!fstatat64(AT_FDCWD, nothing, &found64, 0);
    (void)!statx(AT_FDCWD, nothing, 0, 0, &found_more);
    (void)!access(nothing, F_OK);
    (void)!readlink(nothing, &byte, 1);
    (void)!fopen(nothing, "r");
    (void)!fopen64(nothing, "r");
    (void)!open(nothing, O_RDONLY);
    (void)!open64(nothing, O_RDONLY);
    (void)!openat(AT_FDCWD, nothing, O_RDONLY);
    (void)!openat64(AT_FDCWD, nothing, O_RDONLY);
    (void)!read(-1, &byte, 1);
    (void)!write(-1, &byte, 1);
    (void)!sigaction(0, NULL, NULL);
    (void)!fdopendir(-1);
    DIR *root = opendir("/");
    if (root) closedir(root);
    (void)!syscall(SYS_gettid);
    (void)!clock_gettime(CLOCK_MONOTONIC, &time);
    (void)!gettimeofday(&day, NULL);
    errno = error;
}
