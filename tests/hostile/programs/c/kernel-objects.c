/*
 * Memory held by the kernel on the program's behalf: sockets full of data, pipes, message queues, semaphores,
 * watches, timers. Ends well when each kind is refused at some point, or is killed for what it holds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 200000

#define EXHAUST(name, attempt)                                              \
  do {                                                                      \
    int made = 0;                                                           \
    while (made < MOST && (attempt) >= 0) made++;                           \
    if (made < MOST) printf("DENIED %s %s\n", name, strerrorname_np(errno)); \
    else printf("LEAK %d of %s\n", made, name);                             \
    fflush(stdout);                                                         \
  } while (0)

static char block[65536];

static int full_socket_pair(void) {
  int pair[2], size = 1 << 22;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0) return -1;
  setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  while (write(pair[0], block, sizeof block) > 0) continue;
  return 0;
}

static int message_queue(void) {
  int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  struct { long type; char text[8192]; } message = {1, {0}};
  while (queue >= 0 && msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0) continue;
  return queue;
}

static int posix_queue(int number) {
  char name[32];
  snprintf(name, sizeof name, "/hoard-%d", number);
  return mq_open(name, O_CREAT | O_RDWR | O_NONBLOCK, 0600, NULL);
}

static int timer(void) {
  struct sigevent quiet = {.sigev_notify = SIGEV_NONE};
  timer_t id;
  return timer_create(CLOCK_MONOTONIC, &quiet, &id);
}

int main(void) {
  int number = 0;
  EXHAUST("timers", timer());
  EXHAUST("semaphores", semget(IPC_PRIVATE, 250, IPC_CREAT | 0600));
  EXHAUST("message-queues", message_queue());
  EXHAUST("posix-queues", posix_queue(number++));
  EXHAUST("inotify", inotify_init1(IN_CLOEXEC));
  EXHAUST("epoll", epoll_create1(EPOLL_CLOEXEC));
  for (int fd = 3; fd < 70000; fd++) close(fd);
  EXHAUST("sockets", full_socket_pair());
  return 0;
}
