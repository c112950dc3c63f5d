/* Which system calls an analysis process may make once its grammars are loaded; everything else fails with EACCES. */
#ifndef CODEEXEC_ANALYSIS_CALLS_H
#define CODEEXEC_ANALYSIS_CALLS_H

static const char *const analysis_calls[] = {
    /* what is open already: the channel to the service, the event loop, its wake-ups */
    "read", "pread64", "readv", "write", "writev", "recvmsg", "recvfrom", "sendmsg", "sendto", "shutdown", "close", "fcntl", "fstat",
    "lseek", "dup", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe2", "poll",
    "ppoll", "timerfd_create", "timerfd_settime",
    /* memory */
    "brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "mincore", "membarrier", "pkey_alloc", "pkey_free",
    "pkey_mprotect",
    /* threads of its own */
    "futex", "futex_wait", "futex_wake", "futex_waitv", "futex_requeue", "gettid", "getpid", "set_robust_list",
    "get_robust_list", "rseq", "set_tid_address", "sched_yield", "sched_getaffinity", "sched_getparam",
    "sched_getscheduler", "getpriority", "getcpu", "prctl", "arch_prctl", "restart_syscall", "exit", "exit_group",
    /* signals to itself */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait", "sigaltstack",
    /* time, chance, and what the machine is */
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getrandom", "getrusage",
    "times", "sysinfo", "uname", "getrlimit", "getuid", "geteuid", "getgid", "getegid", "getppid",
};

#endif
