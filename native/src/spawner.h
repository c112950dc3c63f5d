/*
 * Starts interpreters for fork servers. A process of its own, forked before the supervisor gives up what it could
 * gain by exec: a fork server keeps the capabilities that making sandboxes takes, and a root process whose bounding
 * set is empty would lose them by executing anything.
 */
#ifndef CODEEXEC_SPAWNER_H
#define CODEEXEC_SPAWNER_H

#include <stddef.h>
#include <stdbool.h>
#include <sys/types.h>

/* Argument vector and environment, NUL-ended strings one after the other. */
struct spawn_strings {
    const char *text;
    size_t size;
    unsigned argument_count, variable_count;
};

/* To be called while privileges are still whole. Without the library there are no fork servers, and a log line. */
void spawner_start(void);
bool spawner_available(void);
/* Starts an interpreter in the image's mount namespace. Returns its pid, a child of the supervisor, or -errno. */
pid_t spawner_spawn(int image_namespace, int control_fd, int boot_fd, const struct spawn_strings *strings);
bool spawner_reaped(pid_t pid);
void spawner_stop(void);

#endif
