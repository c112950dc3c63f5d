#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util.h"

#define MAX_DESCRIPTORS 64u
#define MAX_WATCHES 128u
#define MAX_PENDING 64

enum kind { PIPE_END, COUNTER, POLLER, DEVICE };

struct descriptor {
    enum kind kind;
    int fd, status_flags, descriptor_flags;
    uint64_t pipe; /* the same at both ends */
    uint64_t count;
    bool semaphore;
    char pending[MAX_PENDING]; /* at the reading end */
    int pending_bytes;
};

struct watch {
    int poller, fd;
    struct epoll_event event;
};

static struct {
    struct descriptor list[MAX_DESCRIPTORS];
    unsigned count;
    struct watch watches[MAX_WATCHES];
    unsigned watch_count;
    int stream_flags[3];
} known;

/* ---- looking ---- */

static bool note_watches(int poller, const char *info)
{
    for (const char *line = strstr(info, "tfd:"); line; line = strstr(line + 1, "tfd:")) {
        struct watch watch = {.poller = poller};
        uint32_t events;
        uint64_t data;
        if (sscanf(line, "tfd: %d events: %" SCNx32 " data: %" SCNx64, &watch.fd, &events, &data) != 3 ||
            known.watch_count == MAX_WATCHES)
            return false;
        watch.event.events = events;
        watch.event.data.u64 = data;
        known.watches[known.watch_count++] = watch;
    }
    return true;
}

static bool note_details(struct descriptor *found)
{
    char path[64], info[4096];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", found->fd);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    long size = file >= 0 ? read_text(file, info, sizeof info) : -1;
    if (file >= 0) close(file);
    if (size <= 0 || (size_t)size >= sizeof info - 1) return false;
    if (found->kind == POLLER) return note_watches(found->fd, info);
    const char *line = strstr(info, "eventfd-count:");
    const char *semaphore = strstr(info, "eventfd-semaphore:");
    if (!line) return false;
    found->count = strtoull(line + 14, NULL, 16);
    found->semaphore = semaphore && atoi(semaphore + 18) != 0;
    return true;
}

/* What lies in a pipe is taken out, and put into each that is made in its place. */
static bool note_pending(struct descriptor *found)
{
    int bytes = 0;
    if ((found->status_flags & O_ACCMODE) != O_RDONLY) return true;
    if (ioctl(found->fd, FIONREAD, &bytes) < 0 || bytes > MAX_PENDING) return false;
    if (bytes > 0) found->pending_bytes = (int)read(found->fd, found->pending, (size_t)bytes);
    return found->pending_bytes == bytes;
}

static bool note(int fd)
{
    char path[64], name[256];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(path, name, sizeof name - 1);
    if (size < 0) return errno == ENOENT;
    name[size] = 0;
    if (known.count == MAX_DESCRIPTORS) return false;
    struct descriptor *found = &known.list[known.count++];
    *found = (struct descriptor){
        .fd = fd, .status_flags = fcntl(fd, F_GETFL), .descriptor_flags = fcntl(fd, F_GETFD)};
    if (sscanf(name, "pipe:[%" SCNu64 "]", &found->pipe) == 1) {
        found->kind = PIPE_END;
        return note_pending(found);
    }
    found->kind = DEVICE;
    if (strcmp(name, "/dev/null") == 0) return true;
    if (strcmp(name, "anon_inode:[eventpoll]") == 0) found->kind = POLLER;
    else if (strcmp(name, "anon_inode:[eventfd]") == 0) found->kind = COUNTER;
    else return false;
    return note_details(found);
}

bool descriptors_note(int end)
{
    for (int fd = 0; fd < 3; fd++) known.stream_flags[fd] = fcntl(fd, F_GETFD);
    for (int fd = 3; fd < end; fd++)
        if (!note(fd)) return false;
    return true;
}

/* ---- in the program ---- */

static void replace(const struct descriptor *known_as, int fd)
{
    if (fd < 0 || dup3(fd, known_as->fd, known_as->descriptor_flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0) _exit(1);
    close(fd);
}

static const struct descriptor *other_end(const struct descriptor *end)
{
    for (unsigned i = 0; i < known.count; i++)
        if (known.list[i].kind == PIPE_END && known.list[i].pipe == end->pipe && known.list + i != end)
            return &known.list[i];
    return NULL;
}

/* Both ends, at the reading one; an end whose other one is not here stays without. */
static void renew_pipe(const struct descriptor *end)
{
    bool reads = (end->status_flags & O_ACCMODE) == O_RDONLY;
    const struct descriptor *other = other_end(end);
    if (!reads && other) return;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) _exit(1);
    if (end->pending_bytes > 0 && write(ends[1], end->pending, (size_t)end->pending_bytes) < 0) _exit(1);
    const struct descriptor *reader = reads ? end : NULL, *writer = reads ? other : end;
    if (reader) {
        fcntl(ends[0], F_SETFL, reader->status_flags);
        replace(reader, ends[0]);
    } else {
        close(ends[0]);
    }
    if (writer) {
        fcntl(ends[1], F_SETFL, writer->status_flags);
        replace(writer, ends[1]);
    } else {
        close(ends[1]);
    }
}

void descriptors_mark_streams(void)
{
    for (int fd = 0; fd < 3; fd++) fcntl(fd, F_SETFD, known.stream_flags[fd]);
}

void descriptors_renew(void)
{
    for (unsigned i = 0; i < known.count; i++) {
        const struct descriptor *each = &known.list[i];
        int flags = (each->status_flags & O_NONBLOCK ? EFD_NONBLOCK : 0) | (each->semaphore ? EFD_SEMAPHORE : 0);
        if (each->kind == PIPE_END) renew_pipe(each);
        else if (each->kind == POLLER) replace(each, epoll_create1(EPOLL_CLOEXEC));
        else if (each->kind == COUNTER) replace(each, eventfd((unsigned)each->count, flags | EFD_CLOEXEC));
    }
    for (unsigned i = 0; i < known.watch_count; i++) {
        struct watch watch = known.watches[i];
        if (epoll_ctl(watch.poller, EPOLL_CTL_ADD, watch.fd, &watch.event) < 0) _exit(1);
    }
}
