/*
 * For programs that try forbidden calls. Every attempt is made in a child of its own, so that a refusal that kills
 * is a result like any other. A call is DENIED when the gate answers (EPERM, EACCES, ENOSYS, a fatal signal); any
 * other errno means that the kernel's own code behind the gate was reached, which is a LEAK. Arguments are chosen so
 * that a call that gets through harms nobody.
 */
#ifndef PROBE_H
#define PROBE_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROBE_SUCCEEDED 255

static inline void probe_report(const char *name, pid_t child, int any_errno_denies) {
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    printf("BROKEN %s: no child\n", name);
  } else if (WIFSIGNALED(status)) {
    printf("DENIED %s SIG%s\n", name, sigabbrev_np(WTERMSIG(status)));
  } else if (WEXITSTATUS(status) == PROBE_SUCCEEDED) {
    printf("LEAK %s succeeded\n", name);
  } else {
    int code = WEXITSTATUS(status);
    int gate = code == EPERM || code == EACCES || code == ENOSYS;
    printf("%s %s %s\n", gate || any_errno_denies ? "DENIED" : "LEAK reached", name, strerrorname_np(code));
  }
  fflush(stdout);
}

#define PROBE_(name, call, any_errno_denies)                      \
  do {                                                            \
    fflush(stdout);                                               \
    pid_t probe_child = fork();                                   \
    if (probe_child == 0) {                                       \
      alarm(5);                                                   \
      errno = 0;                                                  \
      long probe_result = (long)(call);                           \
      _exit(probe_result == -1 ? errno : PROBE_SUCCEEDED);        \
    }                                                             \
    probe_report(name, probe_child, any_errno_denies);            \
  } while (0)

/* The call itself must be refused. */
#define ATTEMPT(name, call) PROBE_(name, call, 0)
/* What matters is that it does not work: an absent file or device is as good as a refusal. */
#define ATTEMPT_OBJECT(name, call) PROBE_(name, call, 1)

/* Opens and closes; never reads or writes. */
static inline void attempt_open(const char *path, int flags) {
  ATTEMPT_OBJECT(path, open(path, flags | O_CLOEXEC | O_NONBLOCK));
}

/* Denied when it can't be opened or holds nothing: a masked file opens and is empty. */
static inline void attempt_read(const char *path) {
  char buffer[256];
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    printf("DENIED %s %s\n", path, strerrorname_np(errno));
    return;
  }
  ssize_t count = read(fd, buffer, sizeof buffer);
  if (count > 0) printf("LEAK %s holds %.*s\n", path, (int)count, buffer);
  else printf("DENIED %s %s\n", path, count == 0 ? "empty" : strerrorname_np(errno));
  close(fd);
}
#endif
