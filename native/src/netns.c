#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util.h"

static int raise_loopback(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    struct ifreq request = {0};
    memcpy(request.ifr_name, "lo", sizeof "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    int error = ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
    close(fd);
    return error;
}

/*
 * Connections that a listener may have before it accepts them: nobody is charged with what they have received. The
 * kernel's own default was as many for decades. Where /proc/sys cannot be written, as in some containers, more are found
 * by looking only (uncharged.h).
 */
#define MAX_UNACCEPTED "128"

static void limit_unaccepted(void)
{
    int fd = open("/proc/sys/net/core/somaxconn", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t written = write(fd, MAX_UNACCEPTED, sizeof MAX_UNACCEPTED - 1);
    (void)written;
    close(fd);
}

static const char *const counter_files[NETNS_COUNTER_FILES] = {"/proc/thread-self/net/dev", "/proc/thread-self/net/snmp",
                                                                "/proc/thread-self/net/snmp6", "/proc/thread-self/net/netstat"};

/* FNV-1a over all counters. A kernel without IPv6 has no snmp6; what cannot be read counts as empty, then and later. */
static uint64_t digest_counters(const struct netns *netns)
{
    char text[64 * 1024];
    uint64_t digest = 0xcbf29ce484222325u;
    for (unsigned i = 0; i < NETNS_COUNTER_FILES; i++) {
        long size = netns->counter_fds[i] >= 0 ? read_text(netns->counter_fds[i], text, sizeof text) : 0;
        for (long at = 0; at < size; at++) digest = (digest ^ (uint8_t)text[at]) * 0x100000001b3u;
    }
    return digest;
}

/* Where the supervisor itself lives, and what it forks for itself: a network of nobody, that keeps no slot's alive. */
static int own_network = -1;

static int enter_own_network(void)
{
    if (own_network >= 0) return setns(own_network, CLONE_NEWNET) < 0 ? -errno : 0;
    if (unshare(CLONE_NEWNET) < 0) return -errno;
    own_network = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    return own_network < 0 ? -errno : 0;
}

static int fill_in(struct netns *netns)
{
    int error = raise_loopback();
    if (error) return error;
    limit_unaccepted();
    netns->fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (netns->fd < 0) return -errno;
    for (unsigned i = 0; i < NETNS_COUNTER_FILES; i++)
        netns->counter_fds[i] = open(counter_files[i], O_RDONLY | O_CLOEXEC);
    if (netns->counter_fds[0] < 0) return -errno;
    netns->netlink_fd = open("/proc/thread-self/net/netlink", O_RDONLY | O_CLOEXEC);
    netns->pristine = digest_counters(netns);
    return 0;
}

int netns_make(struct netns *netns)
{
    *netns = (struct netns){.fd = -1, .counter_fds = {-1, -1, -1, -1}, .netlink_fd = -1};
    int error = enter_own_network();
    if (error) return error;
    if (unshare(CLONE_NEWNET) < 0) return -errno;
    error = fill_in(netns);
    int back = enter_own_network();
    return error ? error : back;
}

bool netns_untouched(const struct netns *netns)
{
    return netns->fd >= 0 && digest_counters(netns) == netns->pristine;
}

int netns_renew(struct netns *netns)
{
    if (netns_untouched(netns)) return 0;
    netns_close(netns);
    return netns_make(netns);
}

void netns_close(struct netns *netns)
{
    if (netns->fd >= 0) close(netns->fd);
    for (unsigned i = 0; i < NETNS_COUNTER_FILES; i++)
        if (netns->counter_fds[i] >= 0) close(netns->counter_fds[i]);
    if (netns->netlink_fd >= 0) close(netns->netlink_fd);
    *netns = (struct netns){.fd = -1, .counter_fds = {-1, -1, -1, -1}, .netlink_fd = -1};
}
