/* Hides its output stream in a socket's queue and in a stopped child, then ends. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  int pair[2], stream = 1;
  char control[CMSG_SPACE(sizeof stream)] = {0};
  struct iovec byte = {"x", 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof stream);
  memcpy(CMSG_DATA(header), &stream, sizeof stream);
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0 || sendmsg(pair[0], &message, 0) != 1) return 1;
  if (fork() == 0) {
    setsid();
    raise(SIGSTOP);
    _exit(0);
  }
  puts("parent is done");
  return 0;
}
