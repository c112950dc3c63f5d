/* Asks the kernel to build a way out: an interface, an address, a route; and listens to what it tells of devices. */
#include "probe.h"
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

struct request {
  struct nlmsghdr header;
  union {
    struct ifinfomsg link;
    struct ifaddrmsg address;
    struct rtmsg route;
  };
  char attributes[256];
};

static void add(struct request *request, int type, const void *data, size_t length) {
  struct rtattr *attribute = (struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  attribute->rta_type = (unsigned short)type;
  attribute->rta_len = (unsigned short)RTA_LENGTH(length);
  memcpy(RTA_DATA(attribute), data, length);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

static int ask(struct request *request) {
  struct { struct nlmsghdr header; struct nlmsgerr error; char rest[512]; } answer;
  int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  request->header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
  if (fd < 0 || send(fd, request, request->header.nlmsg_len, 0) < 0) return -1;
  if (recv(fd, &answer, sizeof answer, 0) < 0) return -1;
  errno = -answer.error.error;
  return errno == 0 ? 0 : -1;
}

static int make_interface(void) {
  struct request request = {.header = {NLMSG_LENGTH(sizeof request.link), RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, 0}};
  add(&request, IFLA_IFNAME, "hostile0", 9);
  struct { struct rtattr kind; char name[8]; } info = {{RTA_LENGTH(6), IFLA_INFO_KIND}, "dummy"};
  add(&request, IFLA_LINKINFO, &info, sizeof info);
  return ask(&request);
}

static int make_address(void) {
  struct request request = {.header = {NLMSG_LENGTH(sizeof request.address), RTM_NEWADDR, NLM_F_CREATE, 0, 0}};
  const unsigned char address[4] = {203, 0, 113, 7};
  request.address = (struct ifaddrmsg){AF_INET, 24, 0, 0, 1};
  add(&request, IFA_LOCAL, address, 4);
  add(&request, IFA_ADDRESS, address, 4);
  return ask(&request);
}

static int make_route(void) {
  struct request request = {.header = {NLMSG_LENGTH(sizeof request.route), RTM_NEWROUTE, NLM_F_CREATE, 0, 0}};
  const int loopback = 1;
  request.route = (struct rtmsg){.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT,
                                 .rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST};
  add(&request, RTA_OIF, &loopback, sizeof loopback);
  return ask(&request);
}

static int listen_to(int protocol) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int fd = socket(AF_NETLINK, SOCK_RAW, protocol);
  return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof address);
}

int main(void) {
  ATTEMPT("new-link", make_interface());
  ATTEMPT("new-address", make_address());
  ATTEMPT("new-route", make_route());
  ATTEMPT_OBJECT("audit", listen_to(NETLINK_AUDIT));
  ATTEMPT_OBJECT("netfilter", listen_to(NETLINK_NETFILTER));
  return 0;
}
