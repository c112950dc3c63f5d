/*
 * Giving up privileges, and the per-process limits of the kernel.
 *
 * Nobody holds all capabilities of root. A process can only enter another's namespaces by its pidfd if it has every
 * capability that the other one has, so a fork server has what an init process has, and that is little.
 */
#ifndef CODEEXEC_PRIVILEGES_H
#define CODEEXEC_PRIVILEGES_H

#include <linux/capability.h>
#include <stdint.h>
#include <sys/types.h>

#define RIGHT(capability) ((uint64_t)1 << (capability))

/*
 * Zygotes of slots, init processes, fork servers: enter and make namespaces and mounts (SYS_ADMIN, SYS_CHROOT), write
 * files as the program's user and into its folders (CHOWN, DAC_OVERRIDE), become that user (SETUID, SETGID).
 */
#define INIT_RIGHTS                                                                                          \
    (RIGHT(CAP_CHOWN) | RIGHT(CAP_DAC_OVERRIDE) | RIGHT(CAP_SETGID) | RIGHT(CAP_SETUID) | RIGHT(CAP_SYS_ADMIN) | \
     RIGHT(CAP_SYS_CHROOT))
/* An interpreter's start clears its bounding set and locks its securebits, for which it needs one more. */
#define ZYGOTE_LAUNCHER_RIGHTS (INIT_RIGHTS | RIGHT(CAP_SETPCAP))
/*
 * The supervisor: also ends processes of other users (KILL), makes devices in images (MKNOD), raises loopbacks
 * (NET_ADMIN), has its own go last when memory is short (SYS_RESOURCE, where it was given), and reads what programs have
 * left without changing its dates (FOWNER).
 */
#define SUPERVISOR_RIGHTS \
    (INIT_RIGHTS | RIGHT(CAP_FOWNER) | RIGHT(CAP_KILL) | RIGHT(CAP_MKNOD) | RIGHT(CAP_NET_ADMIN) | \
     RIGHT(CAP_SYS_RESOURCE))
/* The guard, for the supervisors that it forks; they clear their bounding set as an interpreter does. */
#define GUARD_RIGHTS (SUPERVISOR_RIGHTS | RIGHT(CAP_SETPCAP))

/*
 * Once, in the supervisor, inherited by everything it forks: no_new_privs, an empty capability bounding set, and
 * securebits that keep uid 0 from meaning anything after an exec. Returns 0 or -errno.
 */
int privileges_forbid_gains(void);
/* Gives up all capabilities but those of `rights` for good. Returns 0 or -errno. */
int privileges_keep(uint64_t rights);
/* The same for the bounding set, which is what a later exec may have. Returns 0 or -errno. */
int privileges_bound(uint64_t rights);
/* In a child: becomes `uid` with the gid of the same number, no groups, no capabilities. Returns 0 or -errno. */
int privileges_become(uid_t uid);
/* In a child, before its exec. Returns 0 or -errno. */
int rlimits_apply(uint64_t file_bytes, uint64_t stack_bytes);

#endif
