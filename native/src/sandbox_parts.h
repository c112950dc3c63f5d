/*
 * What the parts of a sandbox's life share: its state, and what each part does for the others.
 *
 *   sandbox.c            all sandboxes, who waits for a slot, how a command ends and what is told of it
 *   sandbox_requests.c   what the service asks for
 *   starting.c           from a request to a launch
 *   reports.c            what launched processes say
 *   streams.c            standard streams
 *   limits.c             limits that nobody but the supervisor can hold
 *   activity.c           whether a command waits without using CPU
 *   sandbox_parked.c     sandboxes made ahead
 */
#ifndef CODEEXEC_SANDBOX_PARTS_H
#define CODEEXEC_SANDBOX_PARTS_H

#include "loop.h"
#include "request.h"
#include "sandbox.h"
#include "uncharged.h"

#define TABLE_SIZE 1024u
/* The service's own ids are below. */
#define FIRST_PARKED_ID 0x80000000u
/* The step that failed when the kernel ended a program for a memory limit that is not its own. */
#define OUTER_MEMORY "outer-memory"

/* CPU time is compared with that of so many checks ago. */
#define ACTIVITY_SAMPLES 3u

struct stream {
    struct watch watch;
    uint64_t sent_bytes;
    bool truncated;
};

struct command {
    bool active;
    struct run_request request;
    uint8_t *payload;
    size_t payload_size;
    pid_t init;
    int program_fd; /* pidfd, only where signals may be asked for */
    bool kill_when_launched, reaped, ended, failed;
    bool held; /* started, and not yet asked to do anything */
    enum stop_reason stop_reason;
    int wait_status;
    int failure_errno;
    char failure_step[32];
    uint64_t launched_ns, started_ns, ended_ns, preparation_cpu_ns, next_cpu_check_ns;
    uint64_t activity_ns, cpu_samples[ACTIVITY_SAMPLES]; /* see activity.c */
    unsigned activity_checks;
    bool idle; /* the service has been told that it waits */
    uint64_t kept_bytes; /* of files that a compiler made elsewhere: no use of this command's */
    uint64_t shared_bytes; /* with its fork server, which is charged with them: use of this command's all the same */
    struct cgroup_limits limits; /* before those are taken off */
    bool reclaimed; /* for it, all that could be */
    struct cgroup_usage usage;
    struct uncharged_watch uncharged;
    struct stream out, err;
    struct watch input, reports;
    struct outbox input_bytes;
    bool input_ending;
    uint64_t unacknowledged_bytes;
};

struct sandbox {
    struct sandbox *next_in_bucket, *next_waiting;
    uint32_t id;
    uint8_t *payload;
    size_t payload_size;
    struct open_request request;
    struct slot *slot;
    int mount_namespace; /* of the first command, for those after it */
    int folders; /* of the first command: what its writable folders are in */
    bool waiting, run_pending, disposing;
    bool parked;       /* made ahead, and nobody's yet */
    bool was_parked;   /* its first command was */
    bool awaits_release;
    bool slot_is_clean; /* after the command before */
    struct command command;
};

/* Events to the service. */
extern struct outbox *sandbox_events;
/* All sandboxes, by their ids. */
extern struct sandbox *sandbox_table[TABLE_SIZE];

/* ---- sandbox.c ---- */

/* Where the sandbox of this id is, or is to be put. */
struct sandbox **sandbox_bucket(uint32_t id);
void sandbox_send(enum event_type type, uint32_t id);
uint8_t *sandbox_copy(const uint8_t *data, size_t size);
/* Both copy the payload. False when it is not of the protocol. */
bool sandbox_open(uint32_t id, const uint8_t *payload, size_t size);
bool sandbox_set_command(struct sandbox *sandbox, const uint8_t *payload, size_t size);
void sandbox_wait_for_slot(struct sandbox *sandbox);
bool sandbox_somebody_waits(void);
/* Kills everything; the first reason is the one that is told. */
void sandbox_stop(struct sandbox *sandbox, enum stop_reason reason);
/* The platform's failure. */
void sandbox_fail(struct sandbox *sandbox, const char *step, int error);
/* Does what has become possible: tells the end of a command, disposes. The sandbox may be gone afterwards. */
void sandbox_advance(struct sandbox *sandbox);
void sandbox_dispose(struct sandbox *sandbox);

/* ---- starting.c ---- */

void sandbox_start_command(struct sandbox *sandbox);
/* What was begun for it in its slot is done, or has failed with -errno. */
void sandbox_go_on_starting(struct sandbox *sandbox, int error);
/* Writes the command's limits. Returns 0 or -errno. */
int sandbox_apply_limits(struct sandbox *sandbox);
/* No fork server has made the program: its memory is all its own. */
void sandbox_is_plain(struct sandbox *sandbox);
/* Gives the command the standard input that came with its request. */
void sandbox_give_input(struct sandbox *sandbox);

/* ---- reports.c ---- */

void sandbox_reports_ready(struct watch *watch, uint32_t ready);

/* ---- streams.c ---- */

void stream_out_ready(struct watch *watch, uint32_t ready);
void stream_err_ready(struct watch *watch, uint32_t ready);
void stream_input_ready(struct watch *watch, uint32_t ready);
/* Takes what there is, as far as the service keeps up. */
void stream_output_ready(struct sandbox *sandbox, struct stream *stream, enum event_type type);
void stream_pause_or_resume(struct command *command);
void stream_add_input(struct sandbox *sandbox, const uint8_t *data, size_t size);
void stream_end_input(struct sandbox *sandbox);
void stream_feed_input(struct sandbox *sandbox);

/* ---- activity.c ---- */

/* Tells the service when the command begins to wait and when it goes on. Returns when it wants to be called again. */
uint64_t sandbox_check_activity(struct sandbox *sandbox, uint64_t now);

/* ---- sandbox_parked.c ---- */

void sandbox_take_over(struct sandbox *parked, struct sandbox *opened, const uint8_t *payload, size_t size);

#endif
