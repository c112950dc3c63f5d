/*
 * The container's control group as seen from inside, read-only. Nothing can be reset there, so everything is counted
 * from a baseline taken before the program starts, the agent's own CPU time is subtracted, and a memory peak below
 * the one that starting the container has left is found by looking now and then.
 */
#include "container.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../src/cgroup.h"
#include "../src/sandbox.h"
#include "../src/util.h"

#define V1_ROOT "/sys/fs/cgroup/"
#define V2_ROOT "/sys/fs/cgroup/"
/* What the kernel refuses at once of network buffers; see cgroup.c. */
#define LARGEST_SOCKET_CHARGE_BYTES (256u << 10)
/* Without a limit v1 says nearly 2^63. */
#define NO_LIMIT_BYTES ((uint64_t)1 << 60)

static struct {
    int version;
    int cpu, memory, peak, stat, oom, limit;
    int sockets_peak, sockets_limit; /* v1: network buffers, counted apart; v2 counts them as memory */
} files = {.cpu = -1, .memory = -1, .peak = -1, .stat = -1, .oom = -1, .limit = -1, .sockets_peak = -1,
           .sockets_limit = -1};

static struct {
    uint64_t cpu_ns, own_cpu_ns, memory_bytes, peak_bytes, oom_kills, at_limit;
} before;

static uint64_t highest_seen_bytes;
static struct cgroup_usage final;
static bool ended;

static int open_counter(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC);
}

void container_counters_open(void)
{
    files.version = access(V2_ROOT "cgroup.controllers", R_OK) == 0 ? 2 : 1;
    if (files.version == 2) {
        files.cpu = open_counter(V2_ROOT "cpu.stat");
        files.memory = open_counter(V2_ROOT "memory.current");
        files.peak = open_counter(V2_ROOT "memory.peak");
        files.stat = open_counter(V2_ROOT "memory.stat");
        files.oom = open_counter(V2_ROOT "memory.events");
        return;
    }
    files.cpu = open_counter(V1_ROOT "cpuacct/cpuacct.usage");
    files.memory = open_counter(V1_ROOT "memory/memory.usage_in_bytes");
    files.peak = open_counter(V1_ROOT "memory/memory.max_usage_in_bytes");
    files.stat = open_counter(V1_ROOT "memory/memory.stat");
    files.oom = open_counter(V1_ROOT "memory/memory.oom_control");
    files.sockets_peak = open_counter(V1_ROOT "memory/memory.kmem.tcp.max_usage_in_bytes");
    files.sockets_limit = open_counter(V1_ROOT "memory/memory.kmem.tcp.limit_in_bytes");
    files.limit = open_counter(V1_ROOT "memory/memory.limit_in_bytes");
}

void container_describe(char *text, size_t size)
{
    const char *yes = "true", *no = "false";
    snprintf(text, size, "{\"cgroupVersion\":%d,\"cpu\":%s,\"memory\":%s,\"memoryPeak\":%s,\"oom\":%s}", files.version,
             files.cpu >= 0 ? yes : no, files.memory >= 0 ? yes : no, files.peak >= 0 ? yes : no,
             files.oom >= 0 ? yes : no);
}

static uint64_t counted(int fd)
{
    uint64_t value = fd < 0 ? 0 : read_number(fd);
    return value == UINT64_MAX ? 0 : value;
}

static uint64_t total_cpu_ns(void)
{
    if (files.cpu < 0) return 0;
    return files.version == 2 ? read_keyed_number(files.cpu, "usage_usec") * 1000u : counted(files.cpu);
}

static uint64_t oom_kills(void)
{
    return files.oom < 0 ? 0 : read_keyed_number(files.oom, "oom_kill");
}

/* v2 counts how often the container itself was full; kills for want of memory above it or on the host are not in it. */
static uint64_t times_at_limit(void)
{
    return files.oom < 0 || files.version == 1 ? 0 : read_keyed_number(files.oom, "oom");
}

bool slot_cgroup_at_limit(const struct slot_cgroup *group)
{
    (void)group;
    if (files.version == 2) return times_at_limit() > before.at_limit;
    return files.limit < 0 || files.peak < 0 || counted(files.peak) + LARGEST_CHARGE_BYTES > counted(files.limit);
}

/*
 * What the agent and the files hold, page by page. The usage itself is no baseline: it includes pages the kernel has
 * set aside for each CPU, which the program's first pages come from.
 */
static uint64_t held_bytes(void)
{
    if (files.stat < 0) return 0;
    return files.version == 2 ? read_keyed_number(files.stat, "anon") + read_keyed_number(files.stat, "file") +
                                    read_keyed_number(files.stat, "kernel")
                              : read_keyed_number(files.stat, "rss") + read_keyed_number(files.stat, "cache");
}

static void look_at_memory(void)
{
    uint64_t bytes = counted(files.memory);
    if (bytes > highest_seen_bytes) highest_seen_bytes = bytes;
}

void container_counters_begin(void)
{
    before.oom_kills = oom_kills();
    before.at_limit = times_at_limit();
    before.peak_bytes = counted(files.peak);
    before.memory_bytes = held_bytes();
    before.own_cpu_ns = own_cpu_ns();
    before.cpu_ns = total_cpu_ns();
    highest_seen_bytes = counted(files.memory);
}

bool container_out_of_memory(void)
{
    look_at_memory();
    return oom_kills() > before.oom_kills;
}

/*
 * v1 counts them from the first limit on. Engines take one and say that it is set, but since 1.0 runc ignores it, as it
 * does all limits on the kernel's memory.
 */
bool container_charges_sockets(void)
{
    return files.version == 2 || (files.sockets_limit >= 0 && counted(files.sockets_limit) < NO_LIMIT_BYTES);
}

/* The engine's limit of them is that of all memory, and the container has no other connections than the program's. */
bool slot_cgroup_sockets_exceed(const struct slot_cgroup *group)
{
    (void)group;
    uint64_t peak = counted(files.sockets_peak);
    return peak > 0 && peak + LARGEST_SOCKET_CHARGE_BYTES >= counted(files.sockets_limit);
}

static uint64_t above(uint64_t value, uint64_t baseline)
{
    return value > baseline ? value - baseline : 0;
}

uint64_t slot_cgroup_cpu_ns(const struct slot_cgroup *group)
{
    (void)group;
    if (ended) return final.cpu_ns;
    look_at_memory();
    return above(total_cpu_ns() - before.cpu_ns, own_cpu_ns() - before.own_cpu_ns);
}

/* The largest resident set of any one process: a floor for what all of them had together. */
static uint64_t largest_process_bytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_CHILDREN, &usage) < 0 ? 0 : (uint64_t)usage.ru_maxrss * 1024u;
}

static uint64_t peak_of_memory(void)
{
    uint64_t peak = counted(files.peak);
    /* The kernel's own mark, where the program went above what starting the container took. */
    if (peak > before.peak_bytes) return above(peak, before.memory_bytes);
    uint64_t seen = above(highest_seen_bytes, before.memory_bytes), process = largest_process_bytes();
    return seen > process ? seen : process;
}

static uint64_t peak_bytes(void)
{
    return peak_of_memory() + counted(files.sockets_peak);
}

void container_counters_end(void)
{
    final.cpu_ns = slot_cgroup_cpu_ns(NULL);
    final.memory_peak_bytes = peak_bytes();
    final.oom_kills = above(oom_kills(), before.oom_kills);
    final.sockets_refused = slot_cgroup_sockets_exceed(NULL);
    ended = true;
}

uint64_t slot_cgroup_oom_kills(const struct slot_cgroup *group)
{
    (void)group;
    return ended ? final.oom_kills : above(oom_kills(), before.oom_kills);
}

struct cgroup_usage slot_cgroup_usage(const struct slot_cgroup *group)
{
    if (ended) return final;
    return (struct cgroup_usage){.cpu_ns = slot_cgroup_cpu_ns(group),
                                 .memory_peak_bytes = peak_bytes(),
                                 .oom_kills = slot_cgroup_oom_kills(group)};
}

/* Small limits are judged by the peak. */
bool slot_cgroup_limit_is_exact(void)
{
    return false;
}

/* The engine's limit is out of sight; whoever is refused memory has come up against it. */
bool slot_cgroup_is_full(const struct slot_cgroup *group)
{
    (void)group;
    return true;
}

uint64_t slot_cgroup_kept_bytes(const struct slot_cgroup *group)
{
    (void)group;
    return 0;
}
