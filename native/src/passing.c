#include "passing.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

union control {
    struct cmsghdr header;
    char space[CMSG_SPACE(PASSING_MAX_FDS * sizeof(int))];
};

int send_with_fds(int socket, const void *data, size_t size, const int *fds, unsigned fd_count)
{
    struct iovec part = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
    union control control = {0};
    struct msghdr envelope = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > PASSING_MAX_FDS) return -EINVAL;
    if (fd_count > 0) {
        envelope.msg_control = &control;
        envelope.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        struct cmsghdr *item = CMSG_FIRSTHDR(&envelope);
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(item), fds, fd_count * sizeof(int));
    }
    return sendmsg(socket, &envelope, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

ssize_t receive_with_fds(int socket, void *data, size_t size, int *fds, unsigned *fd_count)
{
    struct iovec part = {.iov_base = data, .iov_len = size};
    union control control;
    struct msghdr envelope = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got;
    do got = recvmsg(socket, &envelope, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    *fd_count = 0;
    if (got < 0) return -errno;
    struct cmsghdr *item = CMSG_FIRSTHDR(&envelope);
    if (item && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS) {
        *fd_count = (unsigned)((item->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(fds, CMSG_DATA(item), *fd_count * sizeof(int));
    }
    return got;
}

int receive_fd(int socket, void *data, size_t size)
{
    int fds[PASSING_MAX_FDS];
    unsigned fd_count;
    ssize_t got = receive_with_fds(socket, data, size, fds, &fd_count);
    if (got <= 0) return got == 0 ? -EPIPE : (int)got;
    return got == (ssize_t)size && fd_count == 1 ? fds[0] : -EPROTO;
}
