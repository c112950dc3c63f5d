/* Which system calls a program may make, by name; everything else fails with ENOSYS. */
#ifndef CODEEXEC_SECCOMP_CALLS_H
#define CODEEXEC_SECCOMP_CALLS_H

/* Allowed, some of them by their arguments only. Grouped by what they are for. */
static const char *const allowed[] = {
    /* files */
    "access", "faccessat", "faccessat2", "open", "openat", "openat2", "creat", "close", "close_range", "read", "write",
    "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "lseek", "_llseek", "stat",
    "lstat", "fstat", "newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "truncate", "ftruncate", "fallocate",
    "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "readlink",
    "readlinkat", "mkdir", "mkdirat", "rmdir", "getdents", "getdents64", "chdir", "fchdir", "getcwd", "chmod", "fchmod",
    "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "umask", "utime", "utimes", "utimensat",
    "futimesat", "mknod", "mknodat", "fcntl", "fcntl64", "flock", "copy_file_range", "sendfile",
    "sendfile64", "splice", "tee", "vmsplice", "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr", "setxattr", "lsetxattr",
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
 * Answered with success, and not done. All that a program can write lies in memory, where there is nothing to write
 * back; done, these would flush the host's disks (sync, syncfs, and fsync of an image's file) or change what of the
 * images stays cached for everybody.
 */
static const char *const pretended[] = {
    "sync", "syncfs", "fsync", "fdatasync", "sync_file_range", "sync_file_range2", "fadvise64", "fadvise64_64",
    "readahead",
};

#endif
