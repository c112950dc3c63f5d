#include "sandbox_parts.h"

#include <stdlib.h>

#include "parked.h"
#include "util.h"

struct sandbox *sandbox_park(struct slot *slot, const uint8_t *open_payload, size_t open_size,
                             const uint8_t *run_payload, size_t run_size)
{
    static uint32_t next_id;
    /* The service's own are below. */
    uint32_t id;
    do id = FIRST_PARKED_ID | next_id++;
    while (*sandbox_bucket(id));
    if (!sandbox_open(id, open_payload, open_size)) die("a sandbox cannot be made ahead");
    struct sandbox *sandbox = *sandbox_bucket(id);
    sandbox->parked = sandbox->disposing = true;
    sandbox->slot = slot;
    slot->user = sandbox;
    if (!sandbox_set_command(sandbox, run_payload, run_size)) die("a command cannot be parked");
    sandbox->command.held = true;
    return sandbox;
}

void sandbox_start_parked(struct sandbox *sandbox)
{
    sandbox_start_command(sandbox);
}

void sandbox_end_parked(struct sandbox *sandbox)
{
    sandbox_stop(sandbox, STOP_CANCELLED);
}

bool sandbox_may_be_taken(const struct sandbox *sandbox)
{
    const struct command *command = &sandbox->command;
    return sandbox->awaits_release && command->active && command->init > 0 && !command->reaped && !command->ended && !command->failed &&
           command->stop_reason == STOP_NONE;
}

/* Makes a parked sandbox the one that was opened; what follows is what it would have begun with. */
void sandbox_take_over(struct sandbox *parked, struct sandbox *opened, const uint8_t *payload, size_t size)
{
    struct command *command = &parked->command;
    *sandbox_bucket(parked->id) = parked->next_in_bucket;
    *sandbox_bucket(opened->id) = opened->next_in_bucket;
    parked->id = opened->id;
    parked->next_in_bucket = sandbox_table[parked->id % TABLE_SIZE];
    sandbox_table[parked->id % TABLE_SIZE] = parked;
    free(parked->payload);
    parked->payload = opened->payload;
    parked->payload_size = opened->payload_size;
    parked->request = opened->request;
    free(opened);
    free(command->payload);
    command->payload = sandbox_copy(payload, size);
    command->payload_size = size;
    parse_run(command->payload, size, &command->request);
    parked->parked = parked->disposing = command->held = false;
    parked->was_parked = true;
    command->launched_ns = now_ns();
    command->kept_bytes = open_request_kept_bytes(&parked->request);
    const char *step = "cgroup-limits";
    command->limits = (struct cgroup_limits){.memory_bytes = command->request.memory_bytes + command->kept_bytes,
                                             .processes = command->request.processes,
                                             .cpu_milli = command->request.cpu_milli};
    int error = sandbox_apply_limits(parked);
    if (!error) {
        struct launch launch = {.open_payload = parked->payload,
                                .open_size = parked->payload_size,
                                .run_payload = command->payload,
                                .run_size = command->payload_size};
        step = "release";
        error = slot_share(parked->slot, &launch);
        if (!error)
            error = parked_release(command->reports.fd, parked->slot->region_fd, launch.open_size, launch.run_size);
    }
    if (error) sandbox_fail(parked, step, -error);
    sandbox_give_input(parked);
}
