#include "sandbox_parts.h"

#include <errno.h>

#include "util.h"

/* Preparing a sandbox takes about a millisecond; more than this means that the host is in trouble. */
#define SETUP_NS 15000000000u
#define SHORTEST_CPU_CHECK_NS 2000000u

/* How often a program that uses CPU time is asked about, and one that does not. */
#define UNCHARGED_CHECK_NS 10000000u
#define UNCHARGED_IDLE_CHECK_NS 200000000u
#define UNCHARGED_IDLE_CPU_NS 1000000u
/* A process makes some 30 MiB of locks in that CPU time, or sends as much to itself. */
#define UNCHARGED_COUNT_CPU_NS 250000000u
#define UNCHARGED_COUNT_OCTETS UNCHARGED_MAX_BYTES

/* Returns when to look again. */
static uint64_t check_uncharged(struct sandbox *sandbox, uint64_t now)
{
    struct uncharged_watch *watch = &sandbox->command.uncharged;
    struct slot *slot = sandbox->slot;
    if (watch->next_ns == 0) watch->next_ns = sandbox->command.started_ns + UNCHARGED_CHECK_NS;
    if (now < watch->next_ns) return watch->next_ns;
    uint64_t cpu_ns = slot_cgroup_cpu_ns(&slot->cgroup);
    /* What preparing took is no program's. Until it executes it would seem to hide what it holds. */
    if (watch->checked_cpu_ns == 0) watch->counted_cpu_ns = cpu_ns;
    watch->next_ns = now + UNCHARGED_IDLE_CHECK_NS;
    if (cpu_ns - watch->checked_cpu_ns < UNCHARGED_IDLE_CPU_NS) return watch->next_ns;
    watch->checked_cpu_ns = cpu_ns;
    watch->next_ns = now + UNCHARGED_CHECK_NS;
    bool too_much = slot_cgroup_sockets_exceed(&slot->cgroup) || uncharged_known_bytes(&slot->netns) > UNCHARGED_MAX_BYTES;
    uint64_t octets = uncharged_octets(&slot->netns);
    if (!too_much && (cpu_ns - watch->counted_cpu_ns > UNCHARGED_COUNT_CPU_NS ||
                      octets - watch->counted_octets > UNCHARGED_COUNT_OCTETS)) {
        watch->counted_cpu_ns = cpu_ns;
        watch->counted_octets = octets;
        slot->counted_launch_ns = sandbox->command.launched_ns;
        too_much = uncharged_count(slot);
    }
    if (!too_much) return watch->next_ns;
    sandbox_stop(sandbox, STOP_MEMORY);
    return UINT64_MAX;
}

static uint64_t check_limits_of(struct sandbox *sandbox, uint64_t now)
{
    struct command *command = &sandbox->command;
    if (!command->active || command->reaped || command->stop_reason != STOP_NONE || command->failed ||
        sandbox->run_pending || command->held)
        return UINT64_MAX;
    if (command->started_ns == 0) {
        if (now >= command->launched_ns + SETUP_NS) sandbox_fail(sandbox, "preparation-took-too-long", ETIMEDOUT);
        return command->launched_ns + SETUP_NS;
    }
    uint64_t wall_end = command->started_ns + command->request.wall_ns;
    if (now >= wall_end) {
        sandbox_stop(sandbox, STOP_WALL);
        return UINT64_MAX;
    }
    if (now >= command->next_cpu_check_ns) {
        uint64_t used = slot_cgroup_cpu_ns(&sandbox->slot->cgroup);
        uint64_t limit = command->request.cpu_ns + command->preparation_cpu_ns;
        if (used > limit) {
            sandbox_stop(sandbox, STOP_CPU);
            return UINT64_MAX;
        }
        /* Not before all of its CPUs together could have used up the rest. */
        uint64_t soonest = (limit - used) * 1000u / (command->request.cpu_milli ? command->request.cpu_milli : 1000u);
        command->next_cpu_check_ns = now + (soonest > SHORTEST_CPU_CHECK_NS ? soonest : SHORTEST_CPU_CHECK_NS);
    }
    uint64_t next = check_uncharged(sandbox, now), activity = sandbox_check_activity(sandbox, now);
    if (activity < next) next = activity;
    if (wall_end < next) next = wall_end;
    return next < command->next_cpu_check_ns ? next : command->next_cpu_check_ns;
}

uint64_t sandboxes_check_limits(void)
{
    uint64_t now = now_ns(), next = UINT64_MAX;
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (struct sandbox *sandbox = sandbox_table[i]; sandbox; sandbox = sandbox->next_in_bucket) {
            uint64_t due = check_limits_of(sandbox, now);
            if (due < next) next = due;
        }
    return next;
}

unsigned sandboxes_running(uint64_t within_ns)
{
    uint64_t now = now_ns();
    unsigned running = 0;
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (const struct sandbox *sandbox = sandbox_table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            running += sandbox->command.active && !sandbox->command.held && now < sandbox->command.launched_ns + within_ns;
    return running;
}

bool sandboxes_between_commands(void)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (const struct sandbox *sandbox = sandbox_table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            if (!sandbox->command.active) return true;
    return false;
}

bool sandboxes_idle(void)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (struct sandbox *sandbox = sandbox_table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            if (sandbox->command.init > 0 && !sandbox->command.reaped) return false;
    return true;
}

void sandboxes_kill_all(void)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        for (struct sandbox *sandbox = sandbox_table[i]; sandbox; sandbox = sandbox->next_in_bucket)
            sandbox_stop(sandbox, STOP_CANCELLED);
}
