/* Every address family there is: only local ones and IP may be had, and of those no raw form. */
#include "probe.h"
#include <netinet/in.h>
#include <linux/if_ether.h>
#include <sys/socket.h>

int main(void) {
  for (int family = 0; family < 64; family++) {
    char name[32];
    if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK) continue;
    snprintf(name, sizeof name, "family-%d", family);
    const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET};
    for (int kind = 0; kind < 4; kind++) {
      int fd = socket(family, kinds[kind], 0);
      if (fd < 0) continue;
      printf("LEAK %s kind %d\n", name, kinds[kind]);
      close(fd);
    }
    /* EOPNOTSUPP would say that the kernel has made the first of the two. */
    for (int kind = 0; kind < 4; kind++) {
      int pair[2];
      if (socketpair(family, kinds[kind], 0, pair) == 0 || errno != EAFNOSUPPORT)
        printf("LEAK pair of %s kind %d: %s\n", name, kinds[kind], strerrorname_np(errno));
    }
  }
  ATTEMPT_OBJECT("vsock", socket(AF_VSOCK, SOCK_STREAM, 0));
  ATTEMPT_OBJECT("packet", socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
  ATTEMPT_OBJECT("packet-dgram", socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP)));
  ATTEMPT_OBJECT("raw-icmp", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
  ATTEMPT_OBJECT("raw-tcp", socket(AF_INET, SOCK_RAW, IPPROTO_TCP));
  ATTEMPT_OBJECT("raw-ip", socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
  ATTEMPT_OBJECT("raw-icmp6", socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
  ATTEMPT_OBJECT("ping", socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
  ATTEMPT_OBJECT("ping6", socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6));
  return 0;
}
