/*
 * The filter of system calls, executed as the kernel would: for every number it agrees with what libseccomp makes of
 * the same lists, and what depends on arguments is decided by the bits that the kernel looks at.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
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
            if (data.nr == SYS_socket) data.args[0] = AF_UNIX;
            uint32_t verdict = execute(own, &data);
            CHECK(verdict == execute(reference, &data));
            allowances += verdict == SECCOMP_RET_ALLOW;
        }
    CHECK(allowances > 200);
    free((void *)(uintptr_t)reference.instructions);
}

static uint32_t verdict(long call, uint64_t first, uint64_t second, uint64_t third)
{
    struct seccomp_data data = {.nr = (int)call, .arch = OWN, .args = {first, second, third}};
    return execute(own_program(), &data);
}

/* With any of the bits set that the kernel ignores. */
static void decides(long call, uint32_t first, uint32_t second, uint32_t third, uint32_t expected)
{
    for (unsigned bit = 31; bit < 64; bit++) {
        uint64_t ignored = bit == 31 ? 0 : (uint64_t)1 << bit;
        CHECK(verdict(call, first | ignored, second | ignored, third | ignored) == expected);
    }
}

static void looks_at_arguments(void)
{
    decides(SYS_clone, CLONE_VM | CLONE_FILES | CLONE_THREAD | CLONE_SIGHAND, 0, 0, SECCOMP_RET_ALLOW);
    const uint32_t namespaces[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                   CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        decides(SYS_clone, CLONE_VM | namespaces[i], 0, 0, REFUSED(EPERM));
    decides(SYS_ioctl, 0, TIOCGWINSZ, 0, SECCOMP_RET_ALLOW);
    decides(SYS_ioctl, 0, TIOCSTI, 0, REFUSED(EPERM));
    decides(SYS_ioctl, 0, TIOCLINUX, 0, REFUSED(EPERM));
    decides(SYS_personality, PER_LINUX, 0, 0, SECCOMP_RET_ALLOW);
    decides(SYS_personality, 0xffffffffu, 0, 0, SECCOMP_RET_ALLOW);
    decides(SYS_personality, ADDR_NO_RANDOMIZE, 0, 0, REFUSED(EPERM));
    decides(SYS_socket, AF_UNIX, SOCK_STREAM, 77, SECCOMP_RET_ALLOW);
    decides(SYS_socket, AF_NETLINK, SOCK_RAW, 0, SECCOMP_RET_ALLOW);
    decides(SYS_socket, AF_NETLINK, SOCK_RAW, 9, REFUSED(EAFNOSUPPORT));
    const uint32_t families[] = {AF_INET, AF_INET6}, protocols[] = {0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP};
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < 4; j++) decides(SYS_socket, families[i], SOCK_STREAM, protocols[j], SECCOMP_RET_ALLOW);
        decides(SYS_socket, families[i], SOCK_STREAM, IPPROTO_SCTP, REFUSED(EPROTONOSUPPORT));
        decides(SYS_socket, families[i], SOCK_RAW, IPPROTO_RAW, REFUSED(EPROTONOSUPPORT));
    }
    for (uint32_t family = 0; family < 64; family++)
        if (family != AF_UNIX && family != AF_INET && family != AF_INET6 && family != AF_NETLINK)
            decides(SYS_socket, family, SOCK_STREAM, 0, REFUSED(EAFNOSUPPORT));
}

int main(void)
{
    CHECK(seccomp_prepare() == NULL);
    agrees_with_libseccomp();
    looks_at_arguments();
    puts("2 passed, 0 failed");
    return 0;
}
