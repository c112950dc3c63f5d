#include "held.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mounts.h"
#include "passing.h"
#include "util.h"

int held_send_release(int report_fd, const void *payload, size_t size)
{
    /* By descriptor: a datagram is too small for sources, and on v2 the two share no memory. */
    int memory = memfd_create("release", MFD_CLOEXEC);
    if (memory < 0) return -errno;
    int error = 0;
    for (size_t at = 0; at < size && !error;) {
        ssize_t written = write(memory, (const uint8_t *)payload + at, size - at);
        if (written < 0) error = -errno;
        else at += (size_t)written;
    }
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr envelope = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *item = CMSG_FIRSTHDR(&envelope);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(item), &memory, sizeof memory);
    if (!error && sendmsg(report_fd, &envelope, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) error = -errno;
    close(memory);
    return error;
}

static const char *carry_out(const struct release_request *release, uid_t uid)
{
    umask(0);
    const char *step = mounts_resize_writable(release->file_system_bytes);
    return step ? step : mounts_write_files(release->files, release->file_count, uid);
}

int held_wait(int report_fd, pid_t program)
{
    int ended = (int)syscall(SYS_pidfd_open, program, 0);
    if (ended < 0) return -1;
    struct pollfd watched[] = {{.fd = report_fd, .events = POLLIN}, {.fd = ended, .events = POLLIN}};
    while (poll(watched, 2, -1) < 0)
        if (errno != EINTR) return -1;
    close(ended);
    return watched[1].revents ? 0 : 1;
}

const char *held_await_release(int report_fd, pid_t program, uid_t uid, bool *released)
{
    *released = false;
    int heard = held_wait(report_fd, program);
    if (heard <= 0) return heard < 0 ? "wait" : NULL;
    char byte;
    int memory = receive_fd(report_fd, &byte, sizeof byte);
    if (memory == -EPIPE) _exit(1); /* a supervisor that is gone takes its sandboxes along */
    struct stat status;
    if (memory < 0 || fstat(memory, &status) < 0) return "receive-release";
    size_t size = (size_t)status.st_size;
    void *payload = mmap(NULL, size, PROT_READ, MAP_PRIVATE, memory, 0);
    close(memory);
    if (payload == MAP_FAILED) return "receive-release";
    struct release_request release;
    errno = EINVAL;
    if (!parse_release(payload, size, &release)) return "parse-release";
    const char *step = carry_out(&release, uid);
    munmap(payload, size);
    *released = step == NULL;
    return step;
}
