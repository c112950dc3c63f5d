#include "threads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sequences.h"
#include "util.h"

#define MAX_THREADS 64u
#define PATIENCE_MS 5000u
/* All must have stood still for so long, looked at so many times. */
#define STILL_LOOKS 5u
#define LOOK_MS 2u

#if defined(__x86_64__)

/* The C library's own signal for cancelling threads: it is never blocked, and free as long as none is cancelled. */
#define KEEP_SIGNAL 32
#define SIGNAL_SET_BYTES 8u
#define THREAD_FLAGS                                                                                           \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |         \
     CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

struct registers {
    uint64_t rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

struct thread {
    pid_t tid;
    struct registers registers;
    uintptr_t pointer; /* its thread-local storage */
    int *tid_address;  /* the C library's own note of its id */
    void *robust_list;
    size_t robust_bytes;
    char name[16];
};

static struct {
    struct thread threads[MAX_THREADS];
    unsigned count;
    int left; /* threads that have been kept */
    pid_t unused_tid;
    int *main_tid_address;
    void *main_robust_list;
    size_t main_robust_bytes;
} kept;

/* Returns 0, and 1 in the thread that is made again. */
unsigned threads_save(struct registers *place) __attribute__((returns_twice));
/* Returns the new thread's id or -errno; the new thread returns from threads_save. */
long threads_make(unsigned long flags, const struct registers *place, int *tid, int *cleared_tid, uintptr_t pointer);
void threads_return_from_signal(void);

__asm__(".pushsection .text\n"
        ".type threads_save, @function\n"
        "threads_save:\n"
        "    mov %rbx, 0(%rdi)\n"
        "    mov %rbp, 8(%rdi)\n"
        "    mov %r12, 16(%rdi)\n"
        "    mov %r13, 24(%rdi)\n"
        "    mov %r14, 32(%rdi)\n"
        "    mov %r15, 40(%rdi)\n"
        "    lea 8(%rsp), %rax\n"
        "    mov %rax, 48(%rdi)\n"
        "    mov (%rsp), %rax\n"
        "    mov %rax, 56(%rdi)\n"
        "    xor %eax, %eax\n"
        "    ret\n"
        ".size threads_save, .-threads_save\n"
        ".type threads_make, @function\n"
        "threads_make:\n"
        "    mov %rsi, %r9\n" /* survives the call, in both */
        "    mov 48(%r9), %rsi\n"
        "    mov %rcx, %r10\n"
        "    mov $56, %eax\n"
        "    syscall\n"
        "    test %rax, %rax\n"
        "    jz 1f\n"
        "    ret\n"
        "1:  mov 0(%r9), %rbx\n"
        "    mov 8(%r9), %rbp\n"
        "    mov 16(%r9), %r12\n"
        "    mov 24(%r9), %r13\n"
        "    mov 32(%r9), %r14\n"
        "    mov 40(%r9), %r15\n"
        "    mov 48(%r9), %rsp\n"
        "    mov $1, %eax\n"
        "    jmp *56(%r9)\n"
        ".size threads_make, .-threads_make\n"
        ".type threads_return_from_signal, @function\n"
        "threads_return_from_signal:\n"
        "    mov $15, %eax\n"
        "    syscall\n"
        ".size threads_return_from_signal, .-threads_return_from_signal\n"
        ".popsection\n");

static void leave(void) __attribute__((noreturn));
static void leave(void)
{
    /* The kernel would note the end where the C library keeps the id. */
    syscall(SYS_set_tid_address, &kept.unused_tid);
    syscall(SYS_set_robust_list, NULL, sizeof(struct robust_list_head));
    __atomic_fetch_add(&kept.left, 1, __ATOMIC_SEQ_CST);
    for (;;) syscall(SYS_exit, 0);
}

static struct thread *this_thread(void)
{
    pid_t tid = (pid_t)syscall(SYS_gettid);
    for (unsigned i = 0; i < kept.count; i++)
        if (kept.threads[i].tid == tid) return &kept.threads[i];
    return NULL;
}

/* On the thread's own stack, below the frame that holds everything about what it was doing. */
static void keep_this(int number)
{
    (void)number;
    int error = errno;
    struct thread *const self = this_thread();
    if (!self) return;
    self->pointer = (uintptr_t)__builtin_thread_pointer();
    prctl(PR_GET_TID_ADDRESS, &self->tid_address);
    syscall(SYS_get_robust_list, 0, &self->robust_list, &self->robust_bytes);
    prctl(PR_GET_NAME, self->name);
    if (threads_save(&self->registers) == 0) leave();
    /* In a program. */
    prctl(PR_SET_NAME, self->name);
    if (self->robust_list) syscall(SYS_set_robust_list, self->robust_list, self->robust_bytes);
    sequences_register(self->pointer);
    errno = error;
}

/* The kernel's, since the C library keeps this signal to itself. */
struct kernel_action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};
#define RESTORER_FLAG 0x04000000ul

/* The call that a thread is in; -1 while it runs. */
static long current_call(pid_t tid)
{
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    long size = fd >= 0 ? read_text(fd, text, sizeof text) : -1;
    if (fd >= 0) close(fd);
    if (size <= 0 || text[0] < '0' || text[0] > '9') return -1;
    return atol(text);
}

static bool waits(pid_t tid)
{
    long call = current_call(tid);
    return call == SYS_futex || call == SYS_epoll_wait || call == SYS_epoll_pwait;
}

static int by_id(const void *a, const void *b)
{
    return ((const struct thread *)a)->tid - ((const struct thread *)b)->tid;
}

/* The other threads, in the order they were made in; false when there are too many. */
static bool list_threads(void)
{
    DIR *entries = opendir("/proc/self/task");
    struct dirent *entry;
    kept.count = 0;
    bool fits = entries;
    while (entries && (entry = readdir(entries))) {
        pid_t tid = atoi(entry->d_name);
        if (tid == 0 || tid == getpid()) continue;
        if (kept.count < MAX_THREADS) kept.threads[kept.count++].tid = tid;
        else fits = false;
    }
    if (entries) closedir(entries);
    qsort(kept.threads, kept.count, sizeof *kept.threads, by_id);
    return fits;
}

static void pause_ms(unsigned milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)milliseconds * 1000000}, NULL);
}

/* Whoever holds a lock or has work left moves before long. */
static bool await_stillness(void)
{
    unsigned looks = 0;
    for (unsigned waited = 0; waited < PATIENCE_MS && looks < STILL_LOOKS; waited += LOOK_MS) {
        pause_ms(LOOK_MS);
        if (!list_threads()) return false;
        looks++;
        for (unsigned i = 0; i < kept.count; i++)
            if (!waits(kept.threads[i].tid)) looks = 0;
    }
    return looks == STILL_LOOKS;
}

static bool are_gone(void)
{
    for (unsigned i = 0; i < kept.count; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/task/%d", kept.threads[i].tid);
        if (access(path, F_OK) == 0) return false;
    }
    return true;
}

bool threads_keep(void)
{
    if (prctl(PR_GET_TID_ADDRESS, &kept.main_tid_address) < 0 ||
        syscall(SYS_get_robust_list, 0, &kept.main_robust_list, &kept.main_robust_bytes) < 0 || !await_stillness())
        return false;
    struct kernel_action action = {.handler = keep_this,
                                   .flags = SA_RESTART | RESTORER_FLAG,
                                   .restorer = threads_return_from_signal,
                                   .mask = ~(uint64_t)0},
                         before;
    if (syscall(SYS_rt_sigaction, KEEP_SIGNAL, &action, &before, SIGNAL_SET_BYTES) < 0) return false;
    for (unsigned i = 0; i < kept.count; i++) syscall(SYS_tgkill, getpid(), kept.threads[i].tid, KEEP_SIGNAL);
    for (unsigned waited = 0; waited < PATIENCE_MS; waited++) {
        if (__atomic_load_n(&kept.left, __ATOMIC_SEQ_CST) == (int)kept.count && are_gone()) break;
        pause_ms(1);
    }
    syscall(SYS_rt_sigaction, KEEP_SIGNAL, &before, NULL, SIGNAL_SET_BYTES);
    for (unsigned i = 0; i < kept.count; i++)
        if (!kept.threads[i].tid_address) return false;
    return kept.left == (int)kept.count && are_gone();
}

pid_t threads_fork(void)
{
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, NULL, NULL,
                               kept.main_tid_address, 0);
    if (pid == 0) syscall(SYS_set_robust_list, kept.main_robust_list, kept.main_robust_bytes);
    return pid;
}

unsigned threads_kept(void)
{
    return kept.count;
}

void threads_resume(void)
{
    /* None may be interrupted before it has returned from its signal, which sets its own mask. */
    uint64_t all = ~(uint64_t)0, before;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, SIGNAL_SET_BYTES);
    for (unsigned i = 0; i < kept.count; i++) {
        const struct thread *thread = &kept.threads[i];
        long tid = threads_make(THREAD_FLAGS, &thread->registers, thread->tid_address, thread->tid_address,
                                thread->pointer);
        if (tid < 0) _exit(1);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, SIGNAL_SET_BYTES);
}

#else

/* Nobody has written it for this kind of processor. */
bool threads_keep(void) { return false; }
unsigned threads_kept(void) { return 0; }
pid_t threads_fork(void) { return fork(); }
void threads_resume(void) {}

#endif
