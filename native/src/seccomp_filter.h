/*
 * The system calls a program may make: a list of what is allowed, everything else fails with ENOSYS or EPERM so that
 * runtimes fall back. Calls through a foreign architecture's entry (32-bit, x32) kill the process: no runtime here
 * has a reason to make one.
 */
#ifndef CODEEXEC_SECCOMP_FILTER_H
#define CODEEXEC_SECCOMP_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#include "protocol.h"

/* Compiles the filter once. Returns NULL, or one sentence that says what failed. */
const char *seccomp_prepare(void);
/* Uses a filter that was compiled elsewhere; it must stay where it is. */
void seccomp_use(struct sock_filter *filter, size_t count);
/* The filter in use. */
struct bytes seccomp_filter(void);
/* Applies it to the calling thread, for ever. Returns 0 or -errno. */
int seccomp_apply(void);

#endif
