/*
 * What is decided by a call's arguments: each a few instructions, ended by an answer. Every call that reaches the same
 * kernel code has the same check.
 */
#ifndef CODEEXEC_SECCOMP_ARGUMENTS_H
#define CODEEXEC_SECCOMP_ARGUMENTS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/memfd.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel looks at the lower half only; comparing all 64 bits would be passed by setting an ignored one. */
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))
#define LOAD_CALL LOAD(offsetof(struct seccomp_data, nr))
#define LOAD_ARGUMENT(n) LOAD(offsetof(struct seccomp_data, args[n])) /* lower half: little endian */
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define IF_BITS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(value), yes, no)
#define AND(bits) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (uint32_t)(bits))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the offsets of the arguments' lower halves are those of little-endian machines"
#endif

/* Threads and processes, but no namespaces. (clone3's flags are in memory that a filter cannot read: ENOSYS.) */
#define NAMESPACE_FLAGS \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
static const struct sock_filter for_clone[] = {LOAD_ARGUMENT(0), IF_BITS(NAMESPACE_FLAGS, 0, 1), REFUSE(EPERM), ALLOW};

/*
 * All but typing into a terminal from inside it, and line disciplines, which are kernel modules. Standard output and
 * errors stay as they are, whoever asks for the contrary in this way: Node asks for pipes that never block, and ends
 * with what they did not take at once.
 */
static const struct sock_filter for_ioctl[] = {
    LOAD_ARGUMENT(1),
    IF_EQUAL(TIOCSTI, 6, 0),
    IF_EQUAL(TIOCLINUX, 5, 0),
    IF_EQUAL(TIOCSETD, 4, 0),
    IF_EQUAL(FIONBIO, 0, 5),
    LOAD_ARGUMENT(0),
    IF_EQUAL(STDOUT_FILENO, 2, 0),
    IF_EQUAL(STDERR_FILENO, 1, 2),
    REFUSE(EPERM),
    REFUSE(0),
    ALLOW,
};

/* Asking which personality is set, and setting the default; others weaken address randomisation. */
static const struct sock_filter for_personality[] = {LOAD_ARGUMENT(0), IF_EQUAL(PER_LINUX, 2, 0),
                                                     IF_EQUAL(0xffffffffu, 1, 0), REFUSE(EPERM), ALLOW};

/*
 * Only what the sandbox's own network can carry; vsock above all would reach past the network namespace. Families,
 * types and protocols beyond these would load kernel modules.
 */
#ifndef SOCK_TYPE_MASK
#define SOCK_TYPE_MASK 0xf
#endif
static const struct sock_filter for_socket[] = {
    LOAD_ARGUMENT(0),
    IF_EQUAL(AF_UNIX, 17, 0),
    IF_EQUAL(AF_INET, 5, 0),
    IF_EQUAL(AF_INET6, 4, 0),
    IF_EQUAL(AF_NETLINK, 0, 2),
    LOAD_ARGUMENT(2),
    IF_EQUAL(NETLINK_ROUTE, 12, 0),
    REFUSE(EAFNOSUPPORT),
    LOAD_ARGUMENT(1),
    AND(SOCK_TYPE_MASK),
    IF_EQUAL(SOCK_STREAM, 3, 0),
    IF_EQUAL(SOCK_DGRAM, 2, 0),
    IF_EQUAL(SOCK_RAW, 8, 0),
    REFUSE(ESOCKTNOSUPPORT),
    LOAD_ARGUMENT(2),
    IF_EQUAL(0, 3, 0),
    IF_EQUAL(IPPROTO_TCP, 2, 0),
    IF_EQUAL(IPPROTO_UDP, 1, 0),
    IF_EQUAL(IPPROTO_ICMP, 0, 1),
    ALLOW,
    REFUSE(EPROTONOSUPPORT),
    REFUSE(EPERM), /* raw: what the kernel says to those without CAP_NET_RAW */
};

/* A pair of any other family is refused only after the kernel has made both sockets. */
static const struct sock_filter for_socketpair[] = {LOAD_ARGUMENT(0), IF_EQUAL(AF_UNIX, 1, 0), REFUSE(EAFNOSUPPORT), ALLOW};

/*
 * Options whose kernel memory nobody is charged with (keys, time stamps' copies of packets, flow labels, of which the
 * machine has 4096) or whose code is compiled into a store of the whole machine's (socket filters).
 */
#ifndef SO_TIMESTAMPING_NEW
#define SO_TIMESTAMPING_NEW 65
#endif
enum { OPTION_TCP_MD5SIG = 14, OPTION_TCP_ULP = 31, OPTION_TCP_MD5SIG_EXT = 32, OPTION_TCP_AO_ADD_KEY = 38 };
enum { OPTION_IPV6_FLOWLABEL_MGR = 32 };
static const struct sock_filter for_setsockopt[] = {
    LOAD_ARGUMENT(1),
    IF_EQUAL(SOL_SOCKET, 5, 0),
    IF_EQUAL(IPPROTO_TCP, 10, 0),
    IF_EQUAL(IPPROTO_IPV6, 0, 15),
    LOAD_ARGUMENT(2),
    IF_EQUAL(OPTION_IPV6_FLOWLABEL_MGR, 12, 0),
    ALLOW,
    LOAD_ARGUMENT(2),
    IF_EQUAL(SO_ATTACH_FILTER, 9, 0),
    IF_EQUAL(SO_ATTACH_BPF, 8, 0),
    IF_EQUAL(SO_ATTACH_REUSEPORT_CBPF, 7, 0),
    IF_EQUAL(SO_TIMESTAMPING, 6, 0),
    IF_EQUAL(SO_TIMESTAMPING_NEW, 5, 6),
    LOAD_ARGUMENT(2),
    IF_EQUAL(OPTION_TCP_MD5SIG, 3, 0),
    IF_EQUAL(OPTION_TCP_ULP, 2, 0),
    IF_EQUAL(OPTION_TCP_MD5SIG_EXT, 1, 0),
    IF_EQUAL(OPTION_TCP_AO_ADD_KEY, 0, 1),
    REFUSE(ENOPROTOOPT),
    ALLOW,
};

/*
 * Locks of open files (OFD) and leases: neither is needed, and they could be held where nobody finds them (see
 * uncharged.h). Notes of changes in folders (F_NOTIFY) have inotify as their successor. EINVAL: as older kernels say.
 */
enum { COMMAND_OFD_SETLK = 37, COMMAND_OFD_SETLKW = 38 };
static const struct sock_filter for_fcntl[] = {LOAD_ARGUMENT(1),
                                               IF_EQUAL(COMMAND_OFD_SETLK, 3, 0),
                                               IF_EQUAL(COMMAND_OFD_SETLKW, 2, 0),
                                               IF_EQUAL(F_SETLEASE, 1, 0),
                                               IF_EQUAL(F_NOTIFY, 0, 1),
                                               REFUSE(EINVAL),
                                               ALLOW};

/*
 * Filters of system calls come from the same store as ours, which must never be empty; core scheduling makes a
 * neighbour's processor idle. Of the layout of its own memory a program says only where its arguments and environment
 * are (PR_SET_MM_MAP, which needs no privilege and costs nothing): programs of fork servers and Java machines that
 * waited show theirs so, after the filter is in force.
 */
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif
static const struct sock_filter for_prctl[] = {
    LOAD_ARGUMENT(0),
    IF_EQUAL(PR_SET_SECCOMP, 4, 0),
    IF_EQUAL(PR_SCHED_CORE, 3, 0),
    IF_EQUAL(PR_SET_MM, 0, 3),
    LOAD_ARGUMENT(1),
    IF_EQUAL(PR_SET_MM_MAP, 1, 0),
    REFUSE(EPERM),
    ALLOW,
};

/* Huge pages are outside the memory limit. ENOMEM: as where none are reserved. */
static const struct sock_filter for_mmap[] = {LOAD_ARGUMENT(3), IF_BITS(MAP_HUGETLB, 0, 1), REFUSE(ENOMEM), ALLOW};
static const struct sock_filter for_memfd[] = {LOAD_ARGUMENT(1), IF_BITS(MFD_HUGETLB, 0, 1), REFUSE(ENOMEM), ALLOW};
static const struct sock_filter for_shmget[] = {LOAD_ARGUMENT(2), IF_BITS(SHM_HUGETLB, 0, 1), REFUSE(ENOMEM), ALLOW};

#endif
