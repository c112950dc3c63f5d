#include "privileges.h"

#include <errno.h>
#include <linux/securebits.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_FILES 1024u
#define LOCKED_BYTES (64u << 10)
#define PENDING_SIGNALS 1024u
/* With 0 the kernel still hands a dump to the host's handler where core_pattern names one; 1 alone prevents that. */
#define NO_CORE_DUMP 1u

int privileges_bound(uint64_t rights)
{
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        if (!(rights >> capability & 1) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) return -errno;
    return 0;
}

int privileges_keep(uint64_t rights)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[2];
    if (syscall(SYS_capget, &header, sets) < 0) return -errno;
    for (unsigned half = 0; half < 2; half++) {
        sets[half].permitted &= (uint32_t)(rights >> (32 * half));
        sets[half].effective = sets[half].permitted;
        sets[half].inheritable = 0;
    }
    return syscall(SYS_capset, &header, sets) < 0 ? -errno : 0;
}

int privileges_forbid_gains(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
    int error = privileges_bound(0);
    if (error) return error;
    unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                         SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                         SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    return prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0 ? -errno : 0;
}

int privileges_become(uid_t uid)
{
    gid_t gid = (gid_t)uid;
    /* The C library's own would tell all threads it knows of; a fork of a fork server knows of some that it lacks. */
    if (syscall(SYS_setgroups, 0, NULL) < 0) return -errno;
    if (syscall(SYS_setresgid, gid, gid, gid) < 0) return -errno;
    if (syscall(SYS_setresuid, uid, uid, uid) < 0) return -errno;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct none[2] = {{0}, {0}};
    return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

int rlimits_apply(uint64_t file_bytes, uint64_t stack_bytes)
{
    const struct {
        __rlimit_resource_t resource;
        rlim_t value;
    } limits[] = {{RLIMIT_CORE, NO_CORE_DUMP},
                  {RLIMIT_FSIZE, file_bytes},
                  {RLIMIT_NOFILE, OPEN_FILES},
                  {RLIMIT_STACK, stack_bytes},
                  {RLIMIT_MEMLOCK, LOCKED_BYTES},
                  {RLIMIT_MSGQUEUE, 0},
                  {RLIMIT_NICE, 0},
                  {RLIMIT_RTPRIO, 0},
                  {RLIMIT_SIGPENDING, PENDING_SIGNALS}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit limit;
        if (getrlimit(limits[i].resource, &limit) < 0) return -errno;
        /* Never above what the service itself has: raising that needs CAP_SYS_RESOURCE, which containers may lack. */
        if (limits[i].value < limit.rlim_max) limit.rlim_max = limits[i].value;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(limits[i].resource, &limit) < 0) return -errno;
    }
    return 0;
}
