#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "netns.h"
#include "privileges.h"
#include "seccomp_filter.h"
#include "util.h"

static bool all_well = true;

static void tell(const char *name, bool ok, const char *detail)
{
    all_well = all_well && ok;
    printf("{\"name\":\"%s\",\"ok\":%s,\"detail\":\"%s\"}\n", name, ok ? "true" : "false", detail);
    fflush(stdout);
}

/* Runs `attempt` in a child of its own, because what it tries cannot be undone. */
static int in_child(int (*attempt)(void))
{
    pid_t child = fork();
    if (child == 0) _exit(attempt() & 0xff);
    int status;
    if (child < 0 || waitpid(child, &status, 0) < 0) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

static int try_namespaces(void)
{
    int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    return unshare(flags) < 0 ? errno : 0;
}

static int try_network(void)
{
    struct netns netns;
    int error = netns_make(&netns);
    if (error) return -error;
    return netns_untouched(&netns) ? 0 : EBUSY;
}

static int try_mounts(void)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return errno;
    if (mount("probe", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k") < 0 || chdir("/tmp") < 0) return errno;
    if (syscall(SYS_mkdirat, AT_FDCWD, "a", 0755) < 0 || syscall(SYS_mkdirat, AT_FDCWD, "b", 0755) < 0 ||
        syscall(SYS_mkdirat, AT_FDCWD, "c", 0755) < 0)
        return errno;
    return mount("probe", "c", "overlay", MS_RDONLY, "lowerdir=a:b") < 0 ? errno : 0;
}

static int try_seccomp(void)
{
    if (seccomp_prepare()) return ENOSYS;
    int error = privileges_forbid_gains();
    if (error) return -error;
    error = seccomp_apply();
    if (error) return -error;
    /* The filter must be in force, not merely accepted. */
    return unshare(CLONE_NEWUTS) == 0 ? EFAULT : 0;
}

static void tell_attempt(const char *name, int error, const char *well, const char *remedy)
{
    char detail[320];
    if (error) snprintf(detail, sizeof detail, "%s (%s)", remedy, errno_name(error));
    tell(name, !error, error ? detail : well);
}

static void tell_cgroups(void)
{
    const char *problem = cgroups_start();
    if (problem) {
        tell("cgroups", false, problem);
        return;
    }
    struct slot_cgroup group = {0};
    const char *step = "";
    int error = slot_cgroup_make(&group, 0, &step);
    const struct cgroup_limits limits = {.memory_bytes = 64u << 20, .processes = 8, .cpu_milli = 1000};
    if (!error) error = slot_cgroup_limit(&group, &limits);
    bool peak = group.memory_peak_fd >= 0;
    bool v2 = cgroup_version() == 2;
    const char *weakness = cgroups_weakness();
    slot_cgroup_remove(&group);
    cgroups_stop();
    tell_attempt("cgroups", -error, v2 ? "version 2: memory without swap, processes, CPU" : "version 1: memory without swap, processes, CPU",
                 "the memory, pids and cpu controllers exist but cannot be set here");
    if (!error)
        tell("outer-limits", !weakness, weakness ? weakness : "limits of the service's own control group bind programs, too");
    if (!error)
        tell("memory-peak", peak, peak ? "the kernel reports the peak memory of an execution"
                                       : "this kernel does not report peak memory (Linux 5.19 or later does)");
}

int probe(void)
{
    tell("root", geteuid() == 0, geteuid() == 0 ? "running as root" : "start codeexec as root (sudo npm start)");
    tell_attempt("namespaces", in_child(try_namespaces), "mount, pid, ipc, uts and cgroup namespaces",
                 "namespaces cannot be made here; a container needs CAP_SYS_ADMIN");
    tell_attempt("network", in_child(try_network), "network namespaces with nothing but a loopback of their own",
                 "network namespaces cannot be made here");
    tell_attempt("mounts", in_child(try_mounts), "tmpfs and overlayfs", "tmpfs or overlayfs cannot be mounted here");
    tell_attempt("seccomp", in_child(try_seccomp), "system calls are filtered by a list of what is allowed",
                 "seccomp filters are not available; the kernel needs CONFIG_SECCOMP_FILTER");
    tell_cgroups();
    return all_well ? 0 : 1;
}
