/* Apart from the making of the filter, because a fork server has no libseccomp. */
#include <errno.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seccomp_filter.h"

static struct sock_fprog program;

void seccomp_use(struct sock_filter *filter, size_t count)
{
    program = (struct sock_fprog){.len = (unsigned short)count, .filter = filter};
}

struct bytes seccomp_filter(void)
{
    return (struct bytes){.data = (const uint8_t *)program.filter, .size = program.len * sizeof(struct sock_filter)};
}

int seccomp_apply(void)
{
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0 ? -errno : 0;
}
