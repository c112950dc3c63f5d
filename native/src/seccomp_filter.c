#include "seccomp_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include "seccomp_arguments.h"
#include "seccomp_calls.h"
#include "util.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define FOREIGN_CALLS 0x40000000u /* those of x32 */
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define FOREIGN_CALLS NO_CALL
#else
#error "the filter is not known for this kind of processor"
#endif
/* What a tracer sets to skip a call. */
#define NO_CALL 0xffffffffu

static const struct sock_filter simple[] = {ALLOW, REFUSE(EPERM), REFUSE(ENOSYS), RETURN(SECCOMP_RET_KILL_PROCESS), REFUSE(0)};

/* What is done about a call; each is a few instructions at the program's end. */
enum verdict {
    ALLOWED,
    FORBIDDEN,
    UNKNOWN,
    FOREIGN,
    PRETENDED,
    BY_CLONE,
    BY_IOCTL,
    BY_PERSONALITY,
    BY_SOCKET,
    BY_SOCKETPAIR,
    BY_SETSOCKOPT,
    BY_FCNTL,
    BY_PRCTL,
    BY_MMAP,
    BY_MEMFD,
    BY_SHMGET,
    VERDICTS
};
#define CODE(instructions) {instructions, sizeof (instructions) / sizeof *(instructions)}
static const struct code {
    const struct sock_filter *instructions;
    unsigned count;
} code_of[VERDICTS] = {
    [ALLOWED] = {&simple[ALLOWED], 1},     [FORBIDDEN] = {&simple[FORBIDDEN], 1},
    [UNKNOWN] = {&simple[UNKNOWN], 1},     [FOREIGN] = {&simple[FOREIGN], 1},
    [PRETENDED] = {&simple[PRETENDED], 1}, [BY_CLONE] = CODE(for_clone),
    [BY_IOCTL] = CODE(for_ioctl),          [BY_PERSONALITY] = CODE(for_personality),
    [BY_SOCKET] = CODE(for_socket),        [BY_SOCKETPAIR] = CODE(for_socketpair),
    [BY_SETSOCKOPT] = CODE(for_setsockopt), [BY_FCNTL] = CODE(for_fcntl),
    [BY_PRCTL] = CODE(for_prctl),          [BY_MMAP] = CODE(for_mmap),
    [BY_MEMFD] = CODE(for_memfd),          [BY_SHMGET] = CODE(for_shmget),
};

/* Numbers of calls, and so the most ranges there can be: far more than any kernel has. */
#define MOST_CALLS 1024u

/* Calls from `first` up to the next range's, which are treated alike. */
struct range {
    uint32_t first;
    uint8_t verdict;
};

static const char *judge(uint8_t *verdicts, uint8_t verdict, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        /* Newer than this libseccomp, or of other processors. */
        if (number < 0) continue;
        if ((unsigned)number >= MOST_CALLS - 2) return "seccomp: a system call has a number above all that are known";
        verdicts[number] = verdict;
    }
    return NULL;
}

static unsigned find_ranges(const uint8_t *verdicts, struct range *ranges)
{
    unsigned count = 0;
    for (uint32_t number = 0; number < MOST_CALLS - 2; number++)
        if (count == 0 || ranges[count - 1].verdict != verdicts[number])
            ranges[count++] = (struct range){number, verdicts[number]};
    if (FOREIGN_CALLS != NO_CALL) ranges[count++] = (struct range){FOREIGN_CALLS, FOREIGN};
    ranges[count++] = (struct range){NO_CALL, UNKNOWN};
    return count;
}

struct program {
    struct sock_filter instructions[MOST_CALLS + 64];
    unsigned verdict_at[VERDICTS];
    bool too_long;
};

/* A jump's reach is a byte. */
static uint8_t distance(struct program *program, unsigned from, unsigned to)
{
    unsigned steps = to - from - 1;
    if (steps > UINT8_MAX) program->too_long = true;
    return (uint8_t)steps;
}

/* Where it is decided between `count` ranges if the tree for them begins at `at`. */
static unsigned place(const struct program *program, const struct range *ranges, unsigned count, unsigned at)
{
    return count == 1 ? program->verdict_at[ranges->verdict] : at;
}

/* A binary tree of comparisons, one less than there are ranges. */
static void add_tree(struct program *program, const struct range *ranges, unsigned count, unsigned at)
{
    if (count == 1) return;
    unsigned lower = count / 2, lower_at = at + 1, upper_at = lower_at + lower - 1;
    unsigned yes = place(program, ranges + lower, count - lower, upper_at), no = place(program, ranges, lower, lower_at);
    program->instructions[at] = (struct sock_filter)BPF_JUMP(
        BPF_JMP | BPF_JGE | BPF_K, ranges[lower].first, distance(program, at, yes), distance(program, at, no));
    add_tree(program, ranges, lower, lower_at);
    add_tree(program, ranges + lower, count - lower, upper_at);
}

const char *seccomp_prepare(void)
{
    static struct program program;
    uint8_t verdicts[MOST_CALLS];
    memset(verdicts, UNKNOWN, sizeof verdicts);
    const char *problem = judge(verdicts, ALLOWED, allowed, sizeof allowed / sizeof *allowed);
    if (!problem) problem = judge(verdicts, FORBIDDEN, forbidden, sizeof forbidden / sizeof *forbidden);
    if (!problem) problem = judge(verdicts, PRETENDED, pretended, sizeof pretended / sizeof *pretended);
    if (problem) return problem;
    verdicts[SYS_clone] = BY_CLONE;
    verdicts[SYS_ioctl] = BY_IOCTL;
    verdicts[SYS_personality] = BY_PERSONALITY;
    verdicts[SYS_socket] = BY_SOCKET;
    verdicts[SYS_socketpair] = BY_SOCKETPAIR;
    verdicts[SYS_setsockopt] = BY_SETSOCKOPT;
    verdicts[SYS_fcntl] = BY_FCNTL;
    verdicts[SYS_prctl] = BY_PRCTL;
    verdicts[SYS_mmap] = BY_MMAP;
    verdicts[SYS_memfd_create] = BY_MEMFD;
    verdicts[SYS_shmget] = BY_SHMGET;
    struct range ranges[MOST_CALLS];
    unsigned count = find_ranges(verdicts, ranges);
    const struct sock_filter start[] = {LOAD(offsetof(struct seccomp_data, arch)), IF_EQUAL(ARCHITECTURE, 1, 0),
                                        RETURN(SECCOMP_RET_KILL_PROCESS), LOAD_CALL};
    unsigned start_count = sizeof start / sizeof *start, end = start_count + count - 1;
    memcpy(program.instructions, start, sizeof start);
    for (unsigned i = 0; i < VERDICTS; i++) {
        program.verdict_at[i] = end;
        memcpy(program.instructions + end, code_of[i].instructions, code_of[i].count * sizeof *start);
        end += code_of[i].count;
    }
    add_tree(&program, ranges, count, start_count);
    if (program.too_long) return "seccomp: the filter is longer than its jumps reach";
    seccomp_use(program.instructions, end);
    return NULL;
}
