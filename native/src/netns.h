/*
 * Network namespaces, one per slot, made before any request needs one (making one costs 0.4 to 5 ms).
 * There is nothing in them but the loopback interface. A namespace serves again only when it is proven untouched:
 * every counter the kernel keeps of it reads as it did when it was made, so that no packet was sent or even tried, and
 * no connection, no TIME_WAIT and no port can remain. Otherwise it is replaced.
 */
#ifndef CODEEXEC_NETNS_H
#define CODEEXEC_NETNS_H

#include <stdbool.h>
#include <stdint.h>

#define NETNS_COUNTER_FILES 4

struct netns {
    int fd;
    int counter_fds[NETNS_COUNTER_FILES]; /* files below that namespace's /proc/net */
    int netlink_fd;                       /* the list of netlink sockets there */
    uint64_t pristine;                    /* digest of their contents when it was made */
};

/* Both return 0 or -errno. The caller's own network namespace is another one afterwards. */
int netns_make(struct netns *netns);
int netns_renew(struct netns *netns);
bool netns_untouched(const struct netns *netns);
void netns_close(struct netns *netns);

#endif
