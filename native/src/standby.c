#include "standby.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "sandbox.h"
#include "slot.h"
#include "util.h"
#include "warm.h"

/* Kinds of sandboxes that are remembered; the one asked for longest ago makes room. */
#define KINDS 16u
#define MOST_STANDING 32u
/* The kind asked for last has two, so that there is one while the other is made again. */
#define STANDING_OF_LATEST 2u
/* Short programs one after the other are held up by anything else that starts; long ones hardly. */
#define BUSY_NS 100000000u
#define IDLE_NS (600 * 1000000000ull)
#define PAUSE_AFTER_FAILURE_NS 1000000000u
/* Its limits are written when it is taken, which must not find more in use already. */
#define LEAST_MEMORY_BYTES ((uint64_t)16 << 20)

/* What is settled when a sandbox is made. */
struct kind {
    bool used;
    uint8_t *open_payload, *run_payload;
    size_t open_size, run_size;
    struct open_request open;
    struct run_request run;
    /* The fork server's command it is forked for; NULL for one that executes its program. */
    const void *runtime;
    uint64_t asked_at_ns, retry_at_ns;
    unsigned standing;
};

struct standing {
    struct sandbox *sandbox;
    struct kind *kind;
};

static struct {
    struct kind kinds[KINDS];
    struct standing standing[MOST_STANDING];
    unsigned standing_in_all, capacity, cpus;
} standby;

void standby_start(unsigned capacity)
{
    standby.capacity = capacity < MOST_STANDING ? capacity : MOST_STANDING;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    standby.cpus = cpus > 0 ? (unsigned)cpus : 1;
}

static bool same(struct bytes a, struct bytes b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static bool fits(const struct kind *kind, const struct open_request *open, const struct run_request *run,
                 const void *runtime)
{
    return kind->used && kind->runtime == runtime && kind->run.file_bytes == run->file_bytes &&
           kind->run.stack_bytes == run->stack_bytes && same(kind->open.image, open->image);
}

/* ---- kinds ---- */

static void add(struct outbox *out, const void *data, size_t size)
{
    if (size > 0) memcpy(outbox_reserve(out, size), data, size);
    outbox_commit(out, size);
}

static void add_u32(struct outbox *out, uint32_t value)
{
    uint8_t bytes[4];
    store_u32(bytes, value);
    add(out, bytes, sizeof bytes);
}

static uint8_t *take_bytes(struct outbox *out, size_t *size)
{
    *size = outbox_pending(out);
    uint8_t *copy = checked_alloc(*size);
    memcpy(copy, out->data + out->start, *size);
    outbox_free(out);
    return copy;
}

static uint8_t *make_open_payload(const struct open_request *open, size_t *size)
{
    struct outbox out = {0};
    add_u32(&out, (uint32_t)open->image.size);
    add(&out, open->image.data, open->image.size);
    add_u32(&out, (uint32_t)open->file_system_bytes);
    add_u32(&out, (uint32_t)(open->file_system_bytes >> 32));
    add_u32(&out, open->inodes);
    add_u32(&out, 0);
    return take_bytes(&out, size);
}

/* Nothing of the request it is modelled on: for a fork server its own command, otherwise none. */
static uint8_t *make_run_payload(const struct run_request *run, bool from_server, size_t *size)
{
    const uint64_t numbers[] = {run->wall_ns,      run->cpu_ns,     run->memory_bytes,
                                run->output_bytes, run->file_bytes, run->stack_bytes};
    struct outbox out = {0};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        add_u32(&out, (uint32_t)numbers[i]);
        add_u32(&out, (uint32_t)(numbers[i] >> 32));
    }
    add_u32(&out, run->processes);
    add_u32(&out, run->cpu_milli);
    add_u32(&out, RUN_PARKED | (from_server ? RUN_WARM : 0));
    add_u32(&out, 0);
    add_u32(&out, 0);
    add_u32(&out, 0);
    if (from_server) {
        /* The lists with their counts lie one after the other, up to the length of standard input. */
        const uint8_t *from = run->arguments.data + run->arguments.at - 4;
        const uint8_t *to = run->stdin_bytes.data - 4;
        add(&out, from, (size_t)(to - from));
    } else {
        add_u32(&out, 1);
        add_u32(&out, 1);
        add(&out, "-", 1);
        add_u32(&out, 0);
    }
    add_u32(&out, 0);
    return take_bytes(&out, size);
}

static void unuse(struct kind *kind)
{
    free(kind->open_payload);
    free(kind->run_payload);
    *kind = (struct kind){0};
}

static struct sandbox *unlist(struct standing *standing)
{
    struct sandbox *sandbox = standing->sandbox;
    standing->sandbox = NULL;
    standing->kind->standing--;
    standby.standing_in_all--;
    return sandbox;
}

static void end_one(struct kind *kind)
{
    for (unsigned i = 0; i < MOST_STANDING; i++)
        if (standby.standing[i].sandbox && standby.standing[i].kind == kind) {
            sandbox_end_parked(unlist(&standby.standing[i]));
            return;
        }
}

static struct kind *kind_to_replace(void)
{
    struct kind *oldest = &standby.kinds[0];
    for (unsigned i = 0; i < KINDS; i++) {
        if (!standby.kinds[i].used) return &standby.kinds[i];
        if (standby.kinds[i].asked_at_ns < oldest->asked_at_ns) oldest = &standby.kinds[i];
    }
    while (oldest->standing > 0) end_one(oldest);
    unuse(oldest);
    return oldest;
}

static struct kind *note(const struct open_request *open, const struct run_request *run, const void *runtime)
{
    struct kind *kind = NULL;
    for (unsigned i = 0; i < KINDS && !kind; i++)
        if (fits(&standby.kinds[i], open, run, runtime)) kind = &standby.kinds[i];
    if (!kind) {
        kind = kind_to_replace();
        kind->used = true;
        kind->runtime = runtime;
        kind->open_payload = make_open_payload(open, &kind->open_size);
        kind->run_payload = make_run_payload(run, runtime, &kind->run_size);
        if (!parse_open(kind->open_payload, kind->open_size, &kind->open) ||
            !parse_run(kind->run_payload, kind->run_size, &kind->run))
            die("a sandbox made ahead has a request that is not of the protocol");
    }
    kind->asked_at_ns = now_ns();
    return kind;
}

/* ---- taking ---- */

struct sandbox *standby_take(const struct open_request *open, const struct run_request *run)
{
    if (standby.capacity == 0 || run->flags & (RUN_TTY | RUN_EPHEMERAL | RUN_HELD) ||
        run->memory_bytes < LEAST_MEMORY_BYTES || run->processes == 0)
        return NULL;
    const void *runtime = NULL;
    /* A fork server's command with arguments of the program's own is forked when they are known. */
    if (run->flags & RUN_WARM && !warm_runtime_of(open->image, run, &runtime)) return NULL;
    if (run->memory_bytes < LEAST_MEMORY_BYTES + warm_shares_parked(runtime)) return NULL;
    struct kind *kind = note(open, run, runtime);
    for (unsigned i = 0; i < MOST_STANDING; i++) {
        struct standing *standing = &standby.standing[i];
        if (!standing->sandbox || standing->kind != kind || !sandbox_may_be_taken(standing->sandbox)) continue;
        return unlist(standing);
    }
    return NULL;
}

void standby_forget(const struct sandbox *sandbox)
{
    for (unsigned i = 0; i < MOST_STANDING; i++)
        if (standby.standing[i].sandbox == sandbox) {
            standby.standing[i].kind->retry_at_ns = now_ns() + PAUSE_AFTER_FAILURE_NS;
            unlist(&standby.standing[i]);
        }
}

/* ---- upkeep ---- */

static struct slot *slot_for(const struct kind *kind)
{
    unsigned count = slots_count();
    for (unsigned i = 0; i < count; i++) {
        /* One that stands by for long must not keep fork servers out of its slot. */
        if (!warm_is_settled(slot_at(i))) continue;
        if (kind->runtime && !warm_may_launch(slot_at(i), kind->runtime)) continue;
        struct slot *slot = slot_take_ready(i);
        if (slot) return slot;
    }
    return NULL;
}

/* False when there is no slot for it now. */
static bool make_one(struct kind *kind)
{
    struct standing *standing = standby.standing;
    while (standing->sandbox) standing++;
    struct slot *slot = slot_for(kind);
    if (!slot) return false;
    standing->kind = kind;
    kind->standing++;
    standby.standing_in_all++;
    standing->sandbox = sandbox_park(slot, kind->open_payload, kind->open_size, kind->run_payload, kind->run_size);
    sandbox_start_parked(standing->sandbox);
    return true;
}

/* The kinds in use, latest first; returns how many. */
static unsigned by_recency(struct kind **kinds)
{
    unsigned count = 0;
    for (unsigned i = 0; i < KINDS; i++) {
        if (!standby.kinds[i].used) continue;
        unsigned at = count++;
        for (; at > 0 && kinds[at - 1]->asked_at_ns < standby.kinds[i].asked_at_ns; at--) kinds[at] = kinds[at - 1];
        kinds[at] = &standby.kinds[i];
    }
    return count;
}

uint64_t standby_tend(void)
{
    if (standby.capacity == 0) return UINT64_MAX;
    struct kind *kinds[KINDS];
    unsigned count = by_recency(kinds);
    uint64_t now = now_ns(), next = UINT64_MAX;
    unsigned left = standby.capacity;
    struct kind *wanting = NULL;
    for (unsigned i = 0; i < count; i++) {
        unsigned wanted = i == 0 ? STANDING_OF_LATEST : 1;
        if (now >= kinds[i]->asked_at_ns + IDLE_NS) wanted = 0;
        else if (kinds[i]->asked_at_ns + IDLE_NS < next) next = kinds[i]->asked_at_ns + IDLE_NS;
        if (wanted > left) wanted = left;
        left -= wanted;
        while (kinds[i]->standing > wanted) end_one(kinds[i]);
        if (kinds[i]->standing >= wanted || wanting) continue;
        if (now >= kinds[i]->retry_at_ns) wanting = kinds[i];
        else if (kinds[i]->retry_at_ns < next) next = kinds[i]->retry_at_ns;
    }
    /*
     * Programs that run come first, and those about to be asked for; nobody shall find the last slot taken by what is
     * not needed yet.
     */
    if (wanting && sandboxes_running(BUSY_NS) * 2 < standby.cpus && !sandboxes_between_commands() &&
        slots_ready() > 1 && standby.standing_in_all < standby.capacity && make_one(wanting))
        return now;
    return next;
}

void standby_stop(void)
{
    standby.capacity = 0;
}
