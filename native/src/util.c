#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

void *checked_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);
    if (!memory) die("out of memory");
    return memory;
}

void *checked_alloc(size_t size)
{
    void *memory = checked_realloc(NULL, size);
    memset(memory, 0, size);
    return memory;
}

static void vlog(const char *suffix, const char *format, va_list args)
{
    char line[1024];
    int size = vsnprintf(line, sizeof line - 1, format, args);
    if (size < 0) return;
    dprintf(STDERR_FILENO, "codeexec-supervisor: %s%s%s\n", line, suffix ? ": " : "", suffix ? suffix : "");
}

void log_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vlog(NULL, format, args);
    va_end(args);
}

void die(const char *format, ...)
{
    int error = errno;
    va_list args;
    va_start(args, format);
    vlog(error ? strerror(error) : NULL, format, args);
    va_end(args);
    _exit(1);
}

int write_file_at(int dirfd, const char *path, const char *text)
{
    int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t written = write(fd, text, strlen(text));
    int error = written < 0 ? -errno : 0;
    close(fd);
    return error;
}

int write_number(int fd, uint64_t value)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return pwrite(fd, text, (size_t)size, 0) < 0 ? -errno : 0;
}

long read_text(int fd, char *buffer, size_t size)
{
    ssize_t got = pread(fd, buffer, size - 1, 0);
    if (got < 0) return -errno;
    buffer[got] = 0;
    return got;
}

uint64_t read_number(int fd)
{
    char text[64];
    if (read_text(fd, text, sizeof text) <= 0 || text[0] < '0' || text[0] > '9') return UINT64_MAX;
    return strtoull(text, NULL, 10);
}

uint64_t keyed_number(const char *text, const char *key)
{
    size_t size = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, key, size) == 0 && line[size] == ' ') return strtoull(line + size + 1, NULL, 10);
    }
    return 0;
}

uint64_t read_keyed_number(int fd, const char *key)
{
    char text[4096];
    return read_text(fd, text, sizeof text) > 0 ? keyed_number(text, key) : 0;
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t own_cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

const char *errno_name(int number)
{
    const char *name = strerrorname_np(number);
    return name ? name : "";
}
