#include "cleaning.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "slot.h"

/* The kernel mostly frees by itself within milliseconds; reclaiming would also drop the images' cache. */
#define PAUSE_US 1000u
#define PAUSES_BEFORE_RECLAIM 20u
#define MOST_RECLAIMS 3u
/* Processes that have been killed and are still there. */
#define MOST_PAUSES 500u
#define REGION_KEEP_BYTES ((size_t)1 << 20)

void cleaning_wipe_region(struct slot *slot)
{
    if (slot->region_used > REGION_KEEP_BYTES) madvise(slot->region, slot->region_used, MADV_REMOVE);
    else if (slot->region_used > 0) memset(slot->region, 0, slot->region_used);
    slot->region_used = 0;
}

static int replace_group(struct slot *slot)
{
    int error = slot_cgroup_replace(&slot->cgroup);
    for (unsigned pauses = 0; error == -EBUSY && pauses < MOST_PAUSES; pauses++) {
        usleep(PAUSE_US);
        error = slot_cgroup_replace(&slot->cgroup);
    }
    return error;
}

static int renew_group(struct slot *slot)
{
    const struct cleaning *cleaning = &slot->cleaning;
    unsigned reclaims = 0, pauses = 0;
    bool reclaim = cleaning->reclaims_at_once;
    for (;;) {
        int error = slot_cgroup_renew(&slot->cgroup, cleaning->kept_bytes, reclaim);
        reclaims += reclaim;
        if ((error != -EBUSY && error != -EAGAIN) || pauses == MOST_PAUSES) return error;
        /* What even that does not free is another group's matter. */
        if (error == -EAGAIN && reclaims == MOST_RECLAIMS) return -ESTALE;
        usleep(PAUSE_US);
        reclaim = ++pauses % PAUSES_BEFORE_RECLAIM == 0 && error == -EAGAIN;
    }
}

/* Some connections end with their network only. On v1 their buffers would count against the next program's limit. */
static int renew_network(struct slot *slot)
{
    int error = netns_renew(&slot->netns);
    for (unsigned pauses = 0; !error && slot_cgroup_sockets_left(&slot->cgroup); pauses++) {
        if (pauses == MOST_PAUSES) return -EBUSY;
        usleep(PAUSE_US);
    }
    return error;
}

static void clean(struct background_task *task)
{
    struct slot *slot = task->owner;
    struct cleaning *cleaning = &slot->cleaning;
    /* With a sandbox's last descriptor the kernel takes its file systems apart. */
    while (cleaning->fd_count > 0) close(cleaning->fds[--cleaning->fd_count]);
    if (cleaning->kind == CLEANING_OF_GROUP) {
        cleaning->error = replace_group(slot);
        return;
    }
    cleaning_wipe_region(slot);
    cleaning->error = renew_group(slot);
    if (!cleaning->error) cleaning->error = renew_network(slot);
}

static void finish(struct background_task *task)
{
    struct slot *slot = task->owner;
    slot->cleaning.under_way = false;
    slot->cleaning.reclaims_at_once = false;
    slot->cleaning.done(slot);
}

void cleaning_begin(struct slot *slot, enum cleaning_kind kind, void (*done)(struct slot *slot))
{
    struct cleaning *cleaning = &slot->cleaning;
    cleaning->under_way = true;
    cleaning->kind = kind;
    cleaning->done = done;
    cleaning->task = (struct background_task){.work = clean, .done = finish, .owner = slot};
    background_do(&cleaning->task);
}
