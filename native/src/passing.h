/* One datagram with descriptors, over a SOCK_SEQPACKET socket. */
#ifndef CODEEXEC_PASSING_H
#define CODEEXEC_PASSING_H

#include <stddef.h>
#include <sys/types.h>

#define PASSING_MAX_FDS 16

/* Returns 0 or -errno. */
int send_with_fds(int socket, const void *data, size_t size, const int *fds, unsigned fd_count);
/*
 * Waits for one, through interruptions. Returns the datagram's size, 0 at the end, or -errno; `fd_count` becomes the
 * number of descriptors received.
 */
ssize_t receive_with_fds(int socket, void *data, size_t size, int *fds, unsigned *fd_count);
/* The same of exactly `size` bytes with one descriptor, which is returned; or -errno, -EPIPE at the end. */
int receive_fd(int socket, void *data, size_t size);

#endif
