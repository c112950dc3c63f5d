/*
 * The filter of system calls, executed as the kernel would: for every number it agrees with what libseccomp makes of
 * the same lists, and what depends on arguments is decided by the bits that the kernel looks at.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "seccomp_arguments.h"
#include "seccomp_calls.h"
#include "seccomp_filter.h"

#if defined(__x86_64__)
#define OWN AUDIT_ARCH_X86_64
#define FOREIGN AUDIT_ARCH_I386
#else
#define OWN AUDIT_ARCH_AARCH64
#define FOREIGN AUDIT_ARCH_ARM
#endif
#define REFUSED(error) (SECCOMP_RET_ERRNO | (error))
/* Far above the calls of any kernel. */
#define NUMBERS 4096u

struct program {
    const struct sock_filter *instructions;
    size_t count;
};

static uint32_t execute(struct program program, const struct seccomp_data *data)
{
    uint32_t loaded = 0;
    for (size_t at = 0; at < program.count; at++) {
        struct sock_filter it = program.instructions[at];
        bool is_true = false;
        switch (it.code) {
        case BPF_LD | BPF_W | BPF_ABS:
            CHECK(it.k % 4 == 0 && it.k + 4 <= sizeof *data);
            memcpy(&loaded, (const char *)data + it.k, sizeof loaded);
            continue;
        case BPF_ALU | BPF_AND | BPF_K: loaded &= it.k; continue;
        case BPF_RET | BPF_K: return it.k;
        case BPF_JMP | BPF_JA: at += it.k; continue;
        case BPF_JMP | BPF_JEQ | BPF_K: is_true = loaded == it.k; break;
        case BPF_JMP | BPF_JGE | BPF_K: is_true = loaded >= it.k; break;
        case BPF_JMP | BPF_JGT | BPF_K: is_true = loaded > it.k; break;
        case BPF_JMP | BPF_JSET | BPF_K: is_true = (loaded & it.k) != 0; break;
        default: CHECK(!"an instruction that filters do without");
        }
        at += is_true ? it.jt : it.jf;
    }
    CHECK(!"a program that ends");
    return 0;
}

static struct program own_program(void)
{
    struct bytes bytes = seccomp_filter();
    return (struct program){(const struct sock_filter *)(const void *)bytes.data, bytes.size / sizeof(struct sock_filter)};
}

static void add(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        if (number != __NR_SCMP_ERROR) CHECK(seccomp_rule_add(filter, action, number, 0) == 0);
    }
}

static struct program reference_program(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    CHECK(filter);
    CHECK(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0);
    add(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof *allowed);
    add(filter, SCMP_ACT_ERRNO(EPERM), forbidden, sizeof forbidden / sizeof *forbidden);
    add(filter, SCMP_ACT_ERRNO(0), pretended, sizeof pretended / sizeof *pretended);
    int fd = memfd_create("reference", MFD_CLOEXEC);
    CHECK(fd >= 0 && seccomp_export_bpf(filter, fd) == 0);
    seccomp_release(filter);
    size_t size = (size_t)lseek(fd, 0, SEEK_END);
    struct sock_filter *instructions = malloc(size);
    CHECK(instructions && pread(fd, instructions, size, 0) == (ssize_t)size);
    close(fd);
    return (struct program){instructions, size / sizeof *instructions};
}

static void agrees_with_libseccomp(void)
{
    struct program own = own_program(), reference = reference_program();
    const uint32_t far[] = {0x10000u, 0x3fffffffu, 0x40000000u, 0x40000001u, 0x40000200u, 0x7fffffffu,
                            0x80000000u, 0xc0000000u, 0xfffffffeu, 0xffffffffu};
    const uint32_t architectures[] = {OWN, FOREIGN, 0, 0xffffffffu};
    unsigned allowances = 0;
    for (size_t a = 0; a < sizeof architectures / sizeof *architectures; a++)
        for (uint32_t i = 0; i < NUMBERS + sizeof far / sizeof *far; i++) {
            /* Arguments that each of the calls which depend on them may have. */
            struct seccomp_data data = {.nr = (int)(i < NUMBERS ? i : far[i - NUMBERS]), .arch = architectures[a]};
            if (data.nr == SYS_socket || data.nr == SYS_socketpair) data.args[0] = AF_UNIX;
            uint32_t verdict = execute(own, &data);
            CHECK(verdict == execute(reference, &data));
            allowances += verdict == SECCOMP_RET_ALLOW;
        }
    CHECK(allowances > 200);
    free((void *)(uintptr_t)reference.instructions);
}

/* What is decided with any of the bits set that the kernel ignores. */
static void decides(long call, uint32_t first, uint32_t second, uint32_t third, uint32_t fourth, uint32_t expected)
{
    for (unsigned bit = 31; bit < 64; bit++) {
        uint64_t ignored = bit == 31 ? 0 : (uint64_t)1 << bit;
        struct seccomp_data data = {.nr = (int)call,
                                    .arch = OWN,
                                    .args = {first | ignored, second | ignored, third | ignored, fourth | ignored}};
        CHECK(execute(own_program(), &data) == expected);
    }
}

static void looks_at_flags(void)
{
    decides(SYS_clone, CLONE_VM | CLONE_FILES | CLONE_THREAD | CLONE_SIGHAND, 0, 0, 0, SECCOMP_RET_ALLOW);
    const uint32_t namespaces[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                   CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        decides(SYS_clone, CLONE_VM | namespaces[i], 0, 0, 0, REFUSED(EPERM));
    decides(SYS_personality, PER_LINUX, 0, 0, 0, SECCOMP_RET_ALLOW);
    decides(SYS_personality, 0xffffffffu, 0, 0, 0, SECCOMP_RET_ALLOW);
    decides(SYS_personality, ADDR_NO_RANDOMIZE, 0, 0, 0, REFUSED(EPERM));
    uint32_t plain = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    decides(SYS_mmap, 0, 4096, PROT_READ, plain, SECCOMP_RET_ALLOW);
    decides(SYS_mmap, 0, 4096, PROT_READ, plain | MAP_HUGETLB, REFUSED(ENOMEM));
    decides(SYS_memfd_create, 0, MFD_CLOEXEC | MFD_ALLOW_SEALING, 0, 0, SECCOMP_RET_ALLOW);
    decides(SYS_memfd_create, 0, MFD_CLOEXEC | MFD_HUGETLB, 0, 0, REFUSED(ENOMEM));
    decides(SYS_shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0600, 0, SECCOMP_RET_ALLOW);
    decides(SYS_shmget, IPC_PRIVATE, 4096, IPC_CREAT | SHM_HUGETLB, 0, REFUSED(ENOMEM));
}

static bool is_one_of(uint32_t value, const uint32_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] == value) return true;
    return false;
}

/* Every `value` of argument `at`: those in the list are refused, all others allowed. */
static void refuses_only(long call, unsigned at, uint32_t other, const uint32_t *refused, size_t count, uint32_t error)
{
    for (uint32_t value = 0; value < 0x10000u; value++) {
        struct seccomp_data data = {.nr = (int)call, .arch = OWN};
        data.args[at] = value;
        if (at > 0) data.args[at - 1] = other;
        uint32_t expected = is_one_of(value, refused, count) ? REFUSED(error) : SECCOMP_RET_ALLOW;
        CHECK(execute(own_program(), &data) == expected);
    }
    for (size_t i = 0; i < count; i++)
        decides(call, at == 0 ? refused[i] : other, at == 1 ? refused[i] : other, at == 2 ? refused[i] : 0, 0, REFUSED(error));
}

#define LIST(...) (const uint32_t[]){__VA_ARGS__}, sizeof(const uint32_t[]){__VA_ARGS__} / sizeof(uint32_t)

static void looks_at_commands(void)
{
    refuses_only(SYS_ioctl, 1, 0, LIST(TIOCSTI, TIOCLINUX, TIOCSETD), EPERM);
    for (uint32_t fd = 0; fd < 64; fd++)
        decides(SYS_ioctl, fd, FIONBIO, 0, 0, fd == 1 || fd == 2 ? REFUSED(0) : SECCOMP_RET_ALLOW);
    refuses_only(SYS_prctl, 0, 0, LIST(PR_SET_SECCOMP, PR_SCHED_CORE, PR_SET_MM), EPERM);
    for (uint32_t part = 0; part < 64; part++)
        decides(SYS_prctl, PR_SET_MM, part, 0, 0, part == PR_SET_MM_MAP ? SECCOMP_RET_ALLOW : REFUSED(EPERM));
    refuses_only(SYS_fcntl, 1, 3, LIST(37, 38, F_SETLEASE, F_NOTIFY), EINVAL);
    refuses_only(SYS_setsockopt, 2, SOL_SOCKET,
                 LIST(SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_TIMESTAMPING, SO_TIMESTAMPING_NEW),
                 ENOPROTOOPT);
    refuses_only(SYS_setsockopt, 2, IPPROTO_TCP, LIST(14, 31, 32, 38), ENOPROTOOPT);
    refuses_only(SYS_setsockopt, 2, IPPROTO_IPV6, LIST(32), ENOPROTOOPT);
    refuses_only(SYS_setsockopt, 2, IPPROTO_IP, NULL, 0, ENOPROTOOPT);
}

static uint32_t expected_of_socket(uint32_t family, uint32_t type, uint32_t protocol)
{
    if (family == AF_UNIX) return SECCOMP_RET_ALLOW;
    if (family == AF_NETLINK) return protocol == NETLINK_ROUTE ? SECCOMP_RET_ALLOW : REFUSED(EAFNOSUPPORT);
    if (family != AF_INET && family != AF_INET6) return REFUSED(EAFNOSUPPORT);
    if (type == SOCK_RAW) return REFUSED(EPERM);
    if (type != SOCK_STREAM && type != SOCK_DGRAM) return REFUSED(ESOCKTNOSUPPORT);
    bool known = protocol == 0 || protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_ICMP;
    return known ? SECCOMP_RET_ALLOW : REFUSED(EPROTONOSUPPORT);
}

/* Each family × type × protocol × both calls. */
static void looks_at_sockets(void)
{
    const uint32_t flags[] = {0, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_CLOEXEC | SOCK_NONBLOCK};
    for (uint32_t family = 0; family < 64; family++)
        for (uint32_t type = 0; type < 16; type++)
            for (uint32_t protocol = 0; protocol < 264; protocol++) {
                uint32_t given = type | flags[protocol % 4];
                uint32_t pair = family == AF_UNIX ? SECCOMP_RET_ALLOW : REFUSED(EAFNOSUPPORT);
                decides(SYS_socket, family, given, protocol, 0, expected_of_socket(family, type, protocol));
                decides(SYS_socketpair, family, given, protocol, 0, pair);
            }
}

int main(void)
{
    CHECK(seccomp_prepare() == NULL);
    agrees_with_libseccomp();
    looks_at_flags();
    looks_at_commands();
    looks_at_sockets();
    puts("4 passed, 0 failed");
    return 0;
}
