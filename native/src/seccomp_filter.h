/*
 * The system calls a program may make: a list of what is allowed, everything else fails with ENOSYS or EPERM so that
 * runtimes fall back. Calls through a foreign architecture's entry (32-bit, x32) kill the process: no runtime here
 * has a reason to make one.
 */
#ifndef CODEEXEC_SECCOMP_FILTER_H
#define CODEEXEC_SECCOMP_FILTER_H

#include <linux/filter.h>

/* Compiles the filter once. Returns NULL, or one sentence that says what failed. */
const char *seccomp_prepare(void);
/* Applies it to the calling thread, for ever. Returns 0 or -errno. */
int seccomp_apply(void);

#endif
