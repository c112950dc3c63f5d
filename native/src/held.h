/*
 * Held commands: a program that is started before anybody has asked for it, and released for one execution.
 *
 * It runs in its own sandbox from the start, but without the execution's files, limits and input: it is the service's
 * own start of a runtime, which reads from standard input what it is to run. Its init process keeps its privileges
 * until the release, then writes the files, gives the privileges up, and only then does the program hear anything.
 */
#ifndef CODEEXEC_HELD_H
#define CODEEXEC_HELD_H

#include <sys/types.h>

#include "request.h"

/* The supervisor's side: hands a release's payload to the init process behind `report_fd`. Returns 0 or -errno. */
int held_send_release(int report_fd, const void *payload, size_t size);
/* The init process's side: 1 when there is something to hear, 0 when the program has ended, -1 with errno. */
int held_wait(int report_fd, pid_t program);
/*
 * The init process's side: waits for the release, or for the program's end, and does what the release says.
 * Returns the step that failed, with errno set, or NULL; `*released` tells whether there was a release.
 */
const char *held_await_release(int report_fd, pid_t program, uid_t uid, bool *released);

#endif
