#include "go_between.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch.h"
#include "node.h"
#include "sequences.h"
#include "util.h"
#include "warm_protocol.h"

/* For fork and what it calls before and after. */
#define STACK_BYTES ((size_t)256 << 10)

static struct {
    uint8_t *stack;
    void *back[5]; /* where the program goes on, on the server's own stack */
    bool is_whole; /* nobody was ended in the middle of changing the server's memory */
    int error;
} go_between;

bool go_between_prepare(void)
{
    int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    if (own < 0 || dup3(own, WARM_PIDS_FD, O_CLOEXEC) < 0) {
        log_line("a fork server cannot keep its pid namespace (%s)", errno_name(errno));
        return false;
    }
    close(own);
    go_between.stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (go_between.stack == MAP_FAILED) log_line("a fork server has no memory for a go-between's stack");
    return go_between.stack != MAP_FAILED;
}

/* On its own stack, in the server's memory. */
static void go_between_body(void) __attribute__((noreturn, used));
static void go_between_body(void)
{
    pid_t program = node_is_here() ? node_fork() : fork();
    if (program == 0) __builtin_longjmp(go_between.back, 1);
    go_between.error = program < 0 ? errno : 0;
    go_between.is_whole = true;
    for (;;) syscall(SYS_exit_group, 0);
}

/* Begins with the body on the stack it is given, which no function of C's can return from. */
static long clone3_at_body(const struct clone_args *arguments)
{
#if defined(__x86_64__)
    long result;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "call *%[body]\n\t"
                     "1:"
                     : "=a"(result)
                     : "a"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), [body] "r"(go_between_body)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long result __asm__("x0") = (long)(uintptr_t)arguments;
    register long size __asm__("x1") = (long)sizeof *arguments;
    register long call __asm__("x8") = SYS_clone3;
    __asm__ volatile("svc #0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, xzr\n\t"
                     "blr %[body]\n\t"
                     "1:"
                     : "+r"(result)
                     : "r"(size), "r"(call), [body] "r"(go_between_body)
                     : "x30", "memory");
    return result;
#else
    (void)arguments;
    (void)go_between_body;
    return -ENOSYS;
#endif
}

/* An init process that has ended meanwhile, and limits of its sandbox, are nobody's fault. */
static bool is_ordinary(int error)
{
    return error == ESRCH || error == ENOMEM || error == EAGAIN;
}

static void give_up(const char *step, int error) __attribute__((noreturn));
static void give_up(const char *step, int error)
{
    log_line("a fork server cannot make programs: %s (%s)", step, errno_name(error));
    _exit(1);
}

/* Returns 0 or -errno; not in the program. */
static int make_program(int cgroup_fd)
{
    pid_t pid = GO_BETWEEN_PID;
    /* What it shares is neither copied for it nor given back at its end. */
    struct clone_args arguments = {.flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_FS | CLONE_SIGHAND,
                                   .stack = (uint64_t)(uintptr_t)go_between.stack,
                                   .stack_size = STACK_BYTES,
                                   .set_tid = (uint64_t)(uintptr_t)&pid,
                                   .set_tid_size = 1};
    if (cgroup_fd >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (unsigned)cgroup_fd;
    }
    go_between.is_whole = false;
    long made = clone3_at_body(&arguments);
    if (made < 0) return (int)made;
    while (waitpid((pid_t)made, NULL, __WALL) < 0 && errno == EINTR) {}
    /* Ended with the sandbox; what it held of the C library's locks is held for ever. */
    if (!go_between.is_whole) _exit(1);
    return -go_between.error;
}

bool go_between_fork(int init, int cgroup_fd)
{
    if (__builtin_setjmp(go_between.back) != 0) {
        sequences_register((uintptr_t)__builtin_thread_pointer());
        munmap(go_between.stack, STACK_BYTES);
        close(WARM_PIDS_FD);
        return true;
    }
    if (init < 0) return false;
    if (setns(init, CLONE_NEWPID) < 0) {
        if (!is_ordinary(errno)) give_up("enter-pids", errno);
        return false;
    }
    int error = -make_program(cgroup_fd);
    if (error && !is_ordinary(error)) give_up("fork", error);
    if (setns(WARM_PIDS_FD, CLONE_NEWPID) < 0) give_up("leave-pids", errno);
    return false;
}
