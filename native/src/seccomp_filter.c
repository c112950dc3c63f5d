#include "seccomp_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util.h"

/* Allowed whatever the arguments. Grouped by what they are for. */
static const char *const allowed[] = {
    /* files */
    "access", "faccessat", "faccessat2", "open", "openat", "openat2", "creat", "close", "close_range", "read", "write",
    "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "lseek", "_llseek", "stat",
    "lstat", "fstat", "newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "truncate", "ftruncate", "fallocate",
    "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "readlink",
    "readlinkat", "mkdir", "mkdirat", "rmdir", "getdents", "getdents64", "chdir", "fchdir", "getcwd", "chmod", "fchmod",
    "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "umask", "utime", "utimes", "utimensat",
    "futimesat", "mknod", "mknodat", "fcntl", "fcntl64", "flock", "fsync", "fdatasync", "sync", "syncfs",
    "sync_file_range", "fadvise64", "readahead", "copy_file_range", "sendfile", "sendfile64", "splice", "tee",
    "vmsplice", "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr", "setxattr", "lsetxattr",
    "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "inotify_init", "inotify_init1", "inotify_add_watch",
    "inotify_rm_watch", "memfd_create",
    /* descriptors and waiting */
    "dup", "dup2", "dup3", "pipe", "pipe2", "select", "_newselect", "pselect6", "poll", "ppoll", "epoll_create",
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "signalfd",
    "signalfd4", "timerfd_create", "timerfd_settime", "timerfd_gettime", "ioctl",
    /* memory */
    "brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "msync", "mincore", "mlock", "mlock2", "munlock",
    "mlockall", "munlockall", "membarrier", "pkey_alloc", "pkey_free", "pkey_mprotect", "get_mempolicy",
    /* processes and threads */
    "fork", "vfork", "clone", "execve", "execveat", "exit", "exit_group", "wait4", "waitid", "waitpid", "getpid", "getppid",
    "gettid", "getpgrp", "getpgid", "setpgid", "getsid", "setsid", "set_tid_address", "set_robust_list",
    "get_robust_list", "futex", "futex_waitv", "futex_wake", "futex_wait", "futex_requeue", "rseq", "sched_yield",
    "sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_setparam", "sched_getscheduler",
    "sched_setscheduler", "sched_getattr", "sched_setattr", "sched_get_priority_max", "sched_get_priority_min",
    "sched_rr_get_interval", "getpriority", "setpriority", "getcpu", "getrlimit", "setrlimit", "ugetrlimit",
    "prlimit64", "getrusage", "times", "prctl", "arch_prctl", "pidfd_open", "pidfd_send_signal", "process_mrelease",
    "restart_syscall", "set_thread_area", "get_thread_area", "capget", "capset",
    "personality",
    /* identity; nothing can be gained, all capability sets are empty */
    "getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32", "getegid", "getegid32", "getresuid",
    "getresuid32", "getresgid", "getresgid32", "getgroups", "getgroups32", "setuid", "setuid32", "setgid", "setgid32",
    "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid",
    /* signals */
    "kill", "tkill", "tgkill", "rt_sigaction", "rt_sigprocmask", "rt_sigpending", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack", "sigreturn", "pause",
    "alarm", "getitimer", "setitimer",
    /* time; clocks can be read, not set */
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
    "timer_create", "timer_delete", "timer_settime", "timer_gettime", "timer_getoverrun",
    /* sockets; the network namespace has only a loopback of its own */
    "socket", "socketpair", "bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "getsockopt",
    "setsockopt", "send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom", "recvmsg", "recvmmsg", "shutdown",
    /* System V and POSIX IPC, in a namespace of its own */
    "shmget", "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv",
    "msgctl", "ipc", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr",
    /* the system */
    "uname", "sysinfo", "getrandom", "ioprio_get", "ioprio_set", "landlock_create_ruleset", "landlock_add_rule",
    "landlock_restrict_self",
};

/*
 * Refused with EPERM rather than ENOSYS: calls that exist everywhere, so that a program is told it may not rather
 * than that it cannot. Runtimes test for these and fall back.
 */
static const char *const forbidden[] = {
    "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick",
    "mount_setattr", "unshare", "setns", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp",
    "bpf", "perf_event_open", "keyctl", "add_key", "request_key", "userfaultfd", "init_module", "finit_module",
    "delete_module", "create_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "settimeofday",
    "clock_settime", "clock_settime64", "clock_adjtime", "adjtimex", "stime", "sethostname", "setdomainname", "syslog",
    "acct", "quotactl", "quotactl_fd", "name_to_handle_at", "open_by_handle_at", "lookup_dcookie", "iopl", "ioperm",
    "modify_ldt", "vhangup", "nfsservctl", "fanotify_init", "fanotify_mark", "move_pages", "migrate_pages",
    "pidfd_getfd", "seccomp", "uselib", "ustat", "sysfs", "_sysctl", "vm86", "vm86old", "set_mempolicy_home_node",
};

/*
 * What depends on arguments comes first, written out by hand: libseccomp can say "this value" but not "any but this
 * value" about the 32 bits the kernel looks at, and a comparison of all 64 would be passed by setting one of the
 * upper, ignored bits. Falling out of a check goes on to the list.
 */
#define NAMESPACE_FLAGS \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))
#define LOAD_CALL LOAD(offsetof(struct seccomp_data, nr))
#define LOAD_ARGUMENT(n) LOAD(offsetof(struct seccomp_data, args[n])) /* lower half: little endian */
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define IF_BITS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(value), yes, no)
#define REFUSE(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the offsets of the arguments' lower halves are those of little-endian machines"
#endif

static const struct sock_filter by_argument[] = {
    LOAD_CALL,
    /* Threads and processes, but no namespaces. (clone3's flags are in memory that a filter cannot read: ENOSYS.) */
    IF_EQUAL(SYS_clone, 0, 3),
    LOAD_ARGUMENT(0),
    IF_BITS(NAMESPACE_FLAGS, 0, 1),
    REFUSE(EPERM),
    LOAD_CALL,
    /* Typing into a terminal from inside it. */
    IF_EQUAL(SYS_ioctl, 0, 4),
    LOAD_ARGUMENT(1),
    IF_EQUAL(TIOCSTI, 1, 0),
    IF_EQUAL(TIOCLINUX, 0, 1),
    REFUSE(EPERM),
    LOAD_CALL,
    /* Asking which personality is set, and setting the default; others weaken address randomisation. */
    IF_EQUAL(SYS_personality, 0, 4),
    LOAD_ARGUMENT(0),
    IF_EQUAL(PER_LINUX, 2, 0),
    IF_EQUAL(0xffffffffu, 1, 0),
    REFUSE(EPERM),
    LOAD_CALL,
    /* Only what the sandbox's own network can carry; vsock above all would reach past the network namespace. */
    IF_EQUAL(SYS_socket, 0, 14),
    LOAD_ARGUMENT(0),
    IF_EQUAL(AF_UNIX, 12, 0),
    IF_EQUAL(AF_INET, 5, 0),
    IF_EQUAL(AF_INET6, 4, 0),
    IF_EQUAL(AF_NETLINK, 0, 2),
    LOAD_ARGUMENT(2),
    IF_EQUAL(NETLINK_ROUTE, 7, 0),
    REFUSE(EAFNOSUPPORT),
    /* Rarer protocols would load kernel modules. */
    LOAD_ARGUMENT(2),
    IF_EQUAL(0, 4, 0),
    IF_EQUAL(IPPROTO_TCP, 3, 0),
    IF_EQUAL(IPPROTO_UDP, 2, 0),
    IF_EQUAL(IPPROTO_ICMP, 1, 0),
    REFUSE(EPROTONOSUPPORT),
};
#define BY_ARGUMENT_COUNT (sizeof by_argument / sizeof *by_argument)

static int add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        /* Newer than this libseccomp: falls to the default, ENOSYS. */
        if (number == __NR_SCMP_ERROR) continue;
        if (seccomp_rule_add(filter, action, number, 0)) return -1;
    }
    return 0;
}

static const char *build(scmp_filter_ctx filter)
{
    if (seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)) return "seccomp: bad architectures cannot be refused";
    if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0)) return "seccomp: attribute refused";
    if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2)) return "seccomp: libseccomp 2.5 or later is needed";
    if (add_all(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof *allowed) ||
        add_all(filter, SCMP_ACT_ERRNO(EPERM), forbidden, sizeof forbidden / sizeof *forbidden))
        return "seccomp: a rule was refused";
    return NULL;
}

static const char *export_program(scmp_filter_ctx filter)
{
    int fd = memfd_create("seccomp", MFD_CLOEXEC);
    if (fd < 0 || seccomp_export_bpf(filter, fd) < 0) return "seccomp: the filter cannot be compiled";
    off_t size = lseek(fd, 0, SEEK_END);
    struct sock_filter *program = checked_alloc(sizeof by_argument + (size_t)size);
    memcpy(program, by_argument, sizeof by_argument);
    ssize_t got = pread(fd, program + BY_ARGUMENT_COUNT, (size_t)size, 0);
    close(fd);
    seccomp_use(program, BY_ARGUMENT_COUNT + (size_t)size / sizeof *program);
    return got == size && size > 0 ? NULL : "seccomp: the filter cannot be read back";
}

const char *seccomp_prepare(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    if (!filter) return "seccomp is not available";
    const char *problem = build(filter);
    if (!problem) problem = export_program(filter);
    seccomp_release(filter);
    return problem;
}
