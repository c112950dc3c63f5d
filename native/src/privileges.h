/* Giving up privileges, and the per-process limits of the kernel. */
#ifndef CODEEXEC_PRIVILEGES_H
#define CODEEXEC_PRIVILEGES_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Once, in the supervisor, inherited by everything it forks: no_new_privs, an empty capability bounding set, and
 * securebits that keep uid 0 from meaning anything after an exec. Returns 0 or -errno.
 */
int privileges_forbid_gains(void);
/* In a child: becomes `uid` with the gid of the same number, no groups, no capabilities. Returns 0 or -errno. */
int privileges_become(uid_t uid);
/* In a child, before its exec. Returns 0 or -errno. */
int rlimits_apply(uint64_t file_bytes, uint64_t stack_bytes);

#endif
