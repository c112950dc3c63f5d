#include "uncharged.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

#define TOO_MUCH ((uint64_t)UNCHARGED_MAX_BYTES + 1)
/* struct file_lock, and its part of what a file has for its locks. */
#define LOCK_BYTES 256u
/* Of a connection besides its data, until it is accepted; with what the kernel frees late. */
#define CONNECTION_BYTES 8192u
/* Far more sockets than that many lines name need not be counted. */
#define MAX_NETLINK_TEXT (256u << 10)

uint64_t uncharged_octets(const struct netns *netns)
{
    char text[4096];
    unsigned long long octets = 0;
    if (read_text(netns->counter_fds[0], text, sizeof text) <= 0) return 0;
    const char *line = strstr(text, "lo:");
    return line && sscanf(line, "lo: %llu", &octets) == 1 ? octets : 0;
}

static uint64_t netlink_bytes(const struct netns *netns)
{
    /* sk Eth Pid Groups Rmem …, in pieces of whole lines. */
    char text[8192];
    uint64_t bytes = 0;
    off_t at = 0;
    for (ssize_t got; (got = pread(netns->netlink_fd, text, sizeof text - 1, at)) > 0; at += got) {
        if (at > MAX_NETLINK_TEXT) return TOO_MUCH;
        text[got] = 0;
        for (char *rest, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
            unsigned long long received = 0;
            if (sscanf(line, "%*x %*d %*u %*x %llu", &received) == 1) bytes += received;
        }
    }
    return bytes;
}

static uint64_t connections(const struct netns *netns)
{
    char text[4096];
    unsigned long long established = 0;
    if (read_text(netns->counter_fds[1], text, sizeof text) <= 0) return 0;
    const char *names = strstr(text, "Tcp: "), *values = names ? strstr(names + 1, "Tcp: ") : NULL;
    /* RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab */
    bool found = values && sscanf(values, "Tcp: %*d %*d %*d %*d %*u %*u %*u %*u %llu", &established) == 1;
    return found ? established : 0;
}

uint64_t uncharged_known_bytes(const struct netns *netns)
{
    return netlink_bytes(netns) + connections(netns) * CONNECTION_BYTES;
}

/* One of /proc/net/{tcp,udp}{,6}: sl local remote st tx:rx tr:tm retrnsmt uid timeout inode. */
static uint64_t queued_bytes(const char *path, bool all)
{
    enum { ESTABLISHED = 1, CLOSE_WAIT = 8 };
    FILE *list = fopen(path, "re");
    char line[512];
    uint64_t bytes = 0;
    while (list && fgets(line, sizeof line, list)) {
        unsigned state, sent, received;
        unsigned long inode;
        if (sscanf(line, " %*u: %*s %*s %x %x:%x %*x:%*x %*x %*u %*u %lu", &state, &sent, &received, &inode) != 4) continue;
        if (all) bytes += (uint64_t)sent + received;
        else if (inode == 0 && (state == ESTABLISHED || state == CLOSE_WAIT)) bytes += received;
    }
    if (list) fclose(list);
    return bytes;
}

uint64_t uncharged_socket_bytes(bool buffers_are_charged)
{
    bool all_of_tcp = !buffers_are_charged;
    return queued_bytes("/proc/self/net/tcp", all_of_tcp) + queued_bytes("/proc/self/net/tcp6", all_of_tcp) +
           queued_bytes("/proc/self/net/udp", true) + queued_bytes("/proc/self/net/udp6", true);
}

static uid_t uid_of(pid_t pid)
{
    char path[64], line[256];
    unsigned uid = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "Uid: %u", &uid) == 1) break;
    if (status) fclose(status);
    return uid;
}

static uint64_t locks_in(int directory, const char *name)
{
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
    FILE *info = fd < 0 ? NULL : fdopen(fd, "re");
    char line[256];
    uint64_t locks = 0;
    while (info && locks * LOCK_BYTES <= UNCHARGED_MAX_BYTES && fgets(line, sizeof line, info))
        locks += strncmp(line, "lock:", 5) == 0;
    if (info) fclose(info);
    return locks;
}

uint64_t uncharged_lock_bytes(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/fdinfo", (long)pid);
    DIR *descriptors = opendir(path);
    if (!descriptors) return errno == EACCES && uid_of(pid) == geteuid() ? TOO_MUCH : 0;
    uint64_t bytes = 0;
    struct dirent *entry;
    while (bytes <= UNCHARGED_MAX_BYTES && (entry = readdir(descriptors)))
        if (entry->d_name[0] != '.') bytes += locks_in(dirfd(descriptors), entry->d_name) * LOCK_BYTES;
    closedir(descriptors);
    return bytes;
}
